import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { formatInvite, InviteError, networkHash, newInvite, parseInvite } from './invite.ts';
import { NAME_WORDS } from './words.ts';

const problemOf = (fragment: string): string => {
  try {
    parseInvite(fragment);
  } catch (error) {
    if (error instanceof InviteError) return error.problem;
    throw error;
  }
  return 'none';
};

describe('an invite', () => {
  it('survives the way through a link', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, hash) => {
        const invite = newInvite(seededRandom(seed));
        expect(parseInvite((hash ? '#' : '') + formatInvite(invite))).toEqual(invite);
      }),
    );
  });

  it('with a key of 32 bytes survives too', () => {
    const invite = { name: 'den-2', key: seededRandom(3).bytes(32) };
    expect(parseInvite(formatInvite(invite))).toEqual(invite);
  });

  it('has a name of three different words that can be read aloud', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const words = newInvite(seededRandom(seed)).name.split('-');
        expect(new Set(words).size).toBe(3);
        for (const word of words) expect(NAME_WORDS).toContain(word);
      }),
    );
  });

  it('forgives capitals in the name and spaces around the link, as people type them', () => {
    const invite = newInvite(seededRandom(1));
    const [name, key] = formatInvite(invite).split('.');
    expect(parseInvite(`  #${name?.toUpperCase()}.${key} \n`)).toEqual(invite);
  });

  it('is found in front of what a service put behind it', () => {
    const invite = newInvite(seededRandom(1));
    expect(parseInvite(`#${formatInvite(invite)}&room=abc&x`)).toEqual(invite);
    expect(problemOf('#&room=abc')).toBe('empty');
  });

  it('says which part is wrong', () => {
    const text = formatInvite(newInvite(seededRandom(1)));
    expect(problemOf('')).toBe('empty');
    expect(problemOf('#')).toBe('empty');
    expect(problemOf('amber-otter-river')).toBe('key-missing');
    expect(problemOf('amber-otter-river.')).toBe('key-missing');
    expect(problemOf(`amber otter.${text.split('.')[1]}`)).toBe('name');
    expect(problemOf(`${'a'.repeat(65)}.${text.split('.')[1]}`)).toBe('name');
    expect(problemOf(text.slice(0, -1))).toBe('key');
    expect(problemOf(`${text}A`)).toBe('key');
    expect(problemOf(`${text.slice(0, -2)}%%`)).toBe('key');
  });

  it('is refused when the last character of the key was mistyped into its spare bits', () => {
    const text = formatInvite({ name: 'a', key: new Uint8Array(16) });
    expect(problemOf(`${text.slice(0, -1)}B`)).toBe('key');
  });

  it('never throws anything but an InviteError, and never repeats the key', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => problemOf(text)).not.toThrow();
      }),
    );
    const secret = toError('amber.c2VjcmV0LXRleHQ');
    expect(secret.message).not.toContain('c2VjcmV0');
  });

  it('cannot be written with a bad name or key', () => {
    expect(() => formatInvite({ name: 'Bad Name', key: new Uint8Array(16) })).toThrow(InviteError);
    expect(() => formatInvite({ name: 'good', key: new Uint8Array(15) })).toThrow(InviteError);
  });
});

describe('the hash of a network', () => {
  it('depends on the name alone and is written the same way for ever', () => {
    expect(networkHash('amber-otter-river')).toBe(
      'c1d16e99b343094df41663e8dba41424339ed5b8e9370e8daaa63615c0bcdaca',
    );
    expect(networkHash('amber-otter-rivers')).not.toBe(networkHash('amber-otter-river'));
  });
});

describe('the words of a name', () => {
  it('are some hundreds, short, and written in plain letters', () => {
    expect(NAME_WORDS.length).toBeGreaterThan(256);
    for (const word of NAME_WORDS) expect(word).toMatch(/^[a-z]{3,9}$/);
  });

  it('are never one letter apart from one another', () => {
    const seen = new Map<string, string>();
    for (const word of NAME_WORDS) {
      for (let i = 0; i <= word.length; i++) {
        for (const form of [
          `${word.slice(0, i)}?${word.slice(i + 1)}`,
          `${word.slice(0, i)}?${word.slice(i)}`,
        ]) {
          const other = seen.get(form);
          expect(other === undefined || other === word ? '' : `${word} ${other}`).toBe('');
          seen.set(form, word);
        }
      }
    }
    expect(new Set(NAME_WORDS).size).toBe(NAME_WORDS.length);
  });
});

function toError(fragment: string): Error {
  try {
    parseInvite(fragment);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('expected an error');
}
