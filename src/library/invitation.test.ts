import { describe, expect, it } from 'vitest';
import { InviteError } from '../wire/index.ts';
import { readInvitation } from './invitation.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
const bytes = Uint8Array.from({ length: 16 }, (_, i) => i);

describe('an invitation', () => {
  it('is the link that a page shows: its server is the page’s folder', () => {
    for (const link of [
      `http://leaf.example:9000/render/index.html?x#amber-otter.${KEY}`,
      ` http://leaf.example:9000/render/#amber-otter.${KEY}\n`,
    ]) {
      const { invite, server } = readInvitation(link, undefined);
      expect(invite).toEqual({ name: 'amber-otter', key: bytes });
      expect(server.href).toBe('http://leaf.example:9000/render/');
    }
  });

  it('is a fragment, or name and key, with the server beside it, which goes before that of a link', () => {
    const both = [`amber-otter.${KEY}`, `#amber-otter.${KEY}`, { name: 'amber-otter', key: KEY }];
    for (const network of [...both, { name: 'amber-otter', key: bytes }, `http://a/#amber-otter.${KEY}`]) {
      const { invite, server } = readInvitation(network, 'https://b.example/leaf/');
      expect(invite).toEqual({ name: 'amber-otter', key: bytes });
      expect(server.href).toBe('https://b.example/leaf/');
    }
  });

  it('may name the server by its socket: the same server is asked for all else', () => {
    for (const [given, asked] of [
      ['ws://leaf.example:9000/render/', 'http://leaf.example:9000/render/'],
      ['wss://leaf.example', 'https://leaf.example/'],
    ]) {
      expect(readInvitation(`amber-otter.${KEY}`, given).server.href).toBe(asked);
    }
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an empty object', {}],
    ['a key of numbers', { name: 'amber-otter', key: [1, 2, 3] }],
    ['a link that is no text', new URL(`http://a/#amber-otter.${KEY}`)],
  ])('that is %s is refused with what a network is', (_, network) => {
    expect(() => readInvitation(network as never, 'http://a/')).toThrow(InviteError);
    expect(() => readInvitation(network as never, 'http://a/')).toThrow('the link that a page shows');
  });

  it('is refused with what to do, and the key is not repeated', () => {
    const refusal = (network: string, signaling?: string): string => {
      try {
        readInvitation(network, signaling);
      } catch (error) {
        return String(error);
      }
      return expect.unreachable();
    };
    expect(refusal('http://a/')).toContain('ask for the whole link');
    expect(refusal('http://a/#amber-otter')).toContain('no key');
    expect(refusal(`amber-otter.${KEY}`)).toContain('which server');
    expect(refusal(`amber-otter.${KEY}`, `leaf#x.${KEY}`)).toContain('http(s)://');
    expect(refusal(`ftp://a/#amber-otter.${KEY}`)).toContain('http(s)://');
    for (const text of [`#Amber_Otter.${KEY}`, `amber-otter.${KEY}x`, `leaf#amber-otter.${KEY}`]) {
      expect(refusal(text)).not.toContain(KEY);
    }
  });
});
