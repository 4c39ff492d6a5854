import { describe, expect, it } from 'vitest';
import { realCryptography as cryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import { parseNodeId } from '../../wire/index.ts';
import type { RoomId } from './contract.ts';
import { keysOf, markOf, readKeysOf } from './keys.ts';
import { formatRoomLink, linkFor, parseRoomLink } from './link.ts';

const id = 'ab'.repeat(32) as RoomId;
const secret = new Uint8Array(32).fill(7);
const admin = keysOf('admin', secret, cryptography);
const invite = 'https://leaf.example/#amber-otter-river.KEY';

describe('a room link', () => {
  it('gives whoever opens it the keys of its grant and of those below, and no other', () => {
    for (const grant of ['read', 'write', 'admin'] as const) {
      const { id: read, keys } = parseRoomLink(linkFor(invite, id, admin, grant) ?? '', cryptography);
      expect(read).toBe(id);
      expect(keys.grant).toBe(grant);
      expect(keys.readKey).toEqual(admin.readKey);
      expect(keys.writeSecret).toEqual(grant === 'read' ? undefined : admin.writeSecret);
      expect(keys.adminSecret).toEqual(grant === 'admin' ? secret : undefined);
    }
    const reader = keysOf('read', admin.readKey, cryptography);
    expect(linkFor(invite, id, reader, 'write')).toBeUndefined();
    expect(linkFor(invite, id, reader, 'admin')).toBeUndefined();
  });

  it('has this form', () => {
    expect(formatRoomLink('', id, 'write', secret)).toBe(
      `room=Eaurq6urq6urq6urq6urq6urq6urq6urq6urq6urq6ur${'BwcH'.repeat(10)}Bwc`,
    );
    expect(linkFor(invite, id, admin, 'admin')).toMatch(
      /^https:\/\/leaf\.example\/#amber-otter-river\.KEY&room=Eq/,
    );
  });

  it('has keys that follow from each other like this', () => {
    expect(
      [admin.writeSecret, admin.readKey].map((key) => toHex(key ?? new Uint8Array())),
    ).toMatchInlineSnapshot(`
      [
        "6b6fb70c4258fad23262031d20b8b522ce2e22122e3e7824748a53b2a37464f2",
        "c1a232c5c637f4d1db6742047c5d2460f898cefbaf5b553913a4f88ca6da8537",
      ]
    `);
    const node = parseNodeId('00112233-4455-6677-8899-aabbccddeeff');
    expect(toHex(markOf(readKeysOf(admin.readKey, cryptography), node, cryptography))).toMatchInlineSnapshot(
      `"7735523a0aec78ac"`,
    );
  });

  it.each([
    ['no room', invite],
    ['an empty one', `${invite}&room=`],
    ['half of one', formatRoomLink(invite, id, 'read', secret).slice(0, -4)],
    ['another version', `room=I${formatRoomLink('', id, 'read', secret).slice(6)}`],
    ['something else', 'room=!?'],
  ])('with %s is refused, and not repeated', (_, link) => {
    expect(() => parseRoomLink(link, cryptography)).toThrow(/ask for the whole link/);
    expect(() => parseRoomLink(link, cryptography)).not.toThrow(link.slice(-12));
  });
});
