import { describe, expect, it } from 'vitest';
import { nobleCryptography as cryptography } from '../../mesh/index.ts';
import { concatBytes, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import { MAX_ROOM_BYTES, type Plain, type RoomId } from './contract.ts';
import { checkKeys, makeGenesis, readGenesis } from './genesis.ts';
import { keysOf } from './keys.ts';
import { MAX_PLAIN_DEPTH } from './plain.ts';

const keys = keysOf('admin', new Uint8Array(32).fill(7), cryptography);
const begin = (change = {}) =>
  makeGenesis(
    { reducer: 'todo/1', initial: { items: [] }, limits: { maxBytes: 1000 }, ...change },
    keys,
    cryptography,
  );
const genesis = begin();

/** With one field of its list replaced. */
function altered(index: number, value: Plain): Uint8Array {
  const list = [...(decodePlain(genesis.bytes) as Plain[])];
  list[index] = value;
  return encodePlain(list);
}

describe('a genesis', () => {
  it('has this id', () => {
    expect(genesis.id).toMatchInlineSnapshot(
      `"81403c65526d3c4e599ccb6d2afb3925781dbe038b2522ad74704886481e7580"`,
    );
  });

  it('is read back from its bytes by its id', () => {
    expect(readGenesis(genesis.id, genesis.bytes, cryptography)).toEqual(genesis);
  });

  it('is another room with any other reducer, beginning, limit or key', () => {
    const others = [{ reducer: 'todo/2' }, { initial: { items: [1] } }, { limits: { maxBytes: 1001 } }].map(
      (change) => begin(change).id,
    );
    expect(new Set([genesis.id, ...others]).size).toBe(4);
    for (let field = 0; field < 6; field++) {
      expect(readGenesis(genesis.id, altered(field, 2), cryptography)).toBeUndefined();
    }
  });

  it.each<[string, number, Plain]>([
    ['another version', 0, 2],
    ['no name for its reducer', 1, ''],
    ['a beginning above its limit', 2, 'x'.repeat(1000)],
    ['a limit above all limits', 3, MAX_ROOM_BYTES + 1],
    ['no write key', 4, new Uint8Array(31)],
    ['no admin key', 5, null],
  ])('with %s is none, whatever its id', (_, field, value) => {
    const bytes = altered(field, value);
    const label = new TextEncoder().encode('leafcutter room genesis\n');
    const id = toHex(cryptography.sha256(concatBytes(label, bytes))) as RoomId;
    expect(readGenesis(id, bytes, cryptography)).toBeUndefined();
  });

  it('is not made of what no Node would take', () => {
    let deepest: Plain = null;
    for (let depth = 0; depth < MAX_PLAIN_DEPTH; depth++) deepest = [deepest];
    expect(() => begin({ initial: deepest })).toThrow('nested too deeply');
    expect(() => begin({ initial: 'x'.repeat(1000) })).toThrow('the initial state would be 1003 bytes');
    expect(() => begin({ initial: undefined })).toThrow('undefined');
    expect(() => begin({ reducer: '' })).toThrow(RangeError);
    expect(() => begin({ limits: { maxBytes: MAX_ROOM_BYTES + 1 } })).toThrow(RangeError);
    const reader = keysOf('write', new Uint8Array(32), cryptography);
    expect(() => makeGenesis(genesis, reader, cryptography)).toThrow('all of its keys');
  });

  it('knows its own keys from others', () => {
    const other = new Uint8Array(32).fill(8);
    expect(() => checkKeys(genesis, keys, cryptography)).not.toThrow();
    for (const grant of ['write', 'admin'] as const) {
      expect(() => checkKeys(genesis, keysOf(grant, other, cryptography), cryptography)).toThrow(
        'not one of this room',
      );
    }
    const unlike = { ...genesis, adminKey: genesis.writeKey };
    expect(() => checkKeys(unlike, keys, cryptography)).toThrow('not one of this room');
    expect(() => checkKeys(genesis, keysOf('read', other, cryptography), cryptography)).not.toThrow();
  });
});
