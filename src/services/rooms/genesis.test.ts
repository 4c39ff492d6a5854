import { describe, expect, it } from 'vitest';
import { realCryptography as cryptography } from '../../mesh/index.ts';
import { concatBytes, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import { MAX_ROOM_BYTES, type Plain, type RoomId } from './contract.ts';
import { isOfAnotherVersion, makeGenesis, readGenesis } from './genesis.ts';
import { keysOf } from './keys.ts';
import { MAX_PLAIN_DEPTH } from './plain.ts';

const keys = keysOf('admin', new Uint8Array(32).fill(7), cryptography);
const limits = { maxBytes: 1000, updatesPerSecond: 50, bytesPerSecond: 65_536 };
const begin = (change = {}) =>
  makeGenesis({ reducer: 'todo/1', initial: { items: [] }, limits, ...change }, keys, cryptography);
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
      `"4de03a6c5c4321b911bcdaef76ed4806a5931d7c063a5aefdbddb953a873ddff"`,
    );
  });

  it('is read back from its bytes by its id', () => {
    expect(readGenesis(genesis.id, genesis.bytes, cryptography)).toEqual(genesis);
  });

  it('is another room with any other reducer, beginning, limit or key', () => {
    const others = [
      { reducer: 'todo/2' },
      { initial: { items: [1] } },
      ...Object.keys(limits).map((name) => ({ limits: { ...limits, [name]: 5_000 } })),
    ].map((change) => begin(change).id);
    expect(new Set([genesis.id, ...others]).size).toBe(6);
    for (let field = 0; field < 6; field++) {
      expect(readGenesis(genesis.id, altered(field, 9), cryptography)).toBeUndefined();
    }
  });

  it.each<[string, number, Plain]>([
    ['another version', 0, 1],
    ['no name for its reducer', 1, ''],
    ['a beginning above its limit', 2, 'x'.repeat(1000)],
    ['a limit above all limits', 3, [MAX_ROOM_BYTES + 1, 50, 65_536]],
    ['a rate at which nothing moves', 3, [1000, 0, 65_536]],
    ['no room for bytes', 3, [1000, 50, 1023]],
    ['limits of another kind', 3, [1000, 50, 65_536, 1]],
    ['no write key', 4, new Uint8Array(31)],
    ['no admin key', 5, null],
  ])('with %s is none, whatever its id', (_, field, value) => {
    const bytes = altered(field, value);
    const label = new TextEncoder().encode('leafcutter room genesis\n');
    const id = toHex(cryptography.sha256(concatBytes(label, bytes))) as RoomId;
    expect(readGenesis(id, bytes, cryptography)).toBeUndefined();
    expect(isOfAnotherVersion(id, bytes, cryptography)).toBe(field === 0);
    expect(isOfAnotherVersion(genesis.id, bytes, cryptography)).toBe(false);
  });

  it('is not made of what no Node would take', () => {
    let deepest: Plain = null;
    for (let depth = 0; depth < MAX_PLAIN_DEPTH; depth++) deepest = [deepest];
    expect(() => begin({ initial: deepest })).toThrow('nested too deeply');
    expect(() => begin({ initial: 'x'.repeat(1000) })).toThrow('the initial state would be 1003 bytes');
    expect(() => begin({ initial: undefined })).toThrow('undefined');
    expect(() => begin({ reducer: '' })).toThrow(RangeError);
    expect(() => begin({ limits: { ...limits, maxBytes: MAX_ROOM_BYTES + 1 } })).toThrow(RangeError);
    expect(() => begin({ limits: { ...limits, updatesPerSecond: 0.5 } })).toThrow(RangeError);
    const reader = keysOf('write', new Uint8Array(32), cryptography);
    expect(() => makeGenesis(genesis, reader, cryptography)).toThrow('all of its keys');
  });
});
