import { describe, expect, it } from 'vitest';
import { realCryptography } from '../../mesh/index.ts';
import { concatBytes, fromHex, toHex } from '../../runtime/index.ts';
import { decodePlain, encodePlain } from './canonical.ts';
import { type AuthorId, MAX_PARENTS, MAX_UPDATE_BYTES, type Plain, type UpdateHash } from './contract.ts';
import { Keyring } from './epochs.ts';
import { keysOf, readKeysOf } from './keys.ts';
import { TestRoom } from './room.testing.ts';
import { seal, unseal } from './seal.ts';
import { KEYS_NOT_HERE, UpdateCodec } from './update.ts';
import { writerOf } from './writers.ts';

const room = new TestRoom(1000, { cryptography: realCryptography });
const author = room.author();
const hashes = (count: number): UpdateHash[] =>
  Array.from({ length: count }, (_, i) => i.toString(16).padStart(64, '0') as UpdateHash);

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

const SIGNED = new TextEncoder().encode('leafcutter room update\n');
const id = fromHex(room.genesis.id);

/** As a member would send it who writes what no `write` does: sealed and signed, with that content. */
function forged(
  change: (content: Plain[]) => void,
  signer = author,
  { certificate = undefined as Uint8Array | undefined } = {},
): Uint8Array {
  const keys = readKeysOf(room.keys.readKey, realCryptography);
  const bytes = room.bytesOf(author, 'a', { depth: 2, parents: hashes(1) });
  const context = concatBytes(SIGNED, id, bytes.subarray(0, 2));
  const opened = unseal(keys, bytes.subarray(66, -64), context);
  const content = decodePlain(opened ?? new Uint8Array()) as Plain[];
  change(content);
  const sealed = seal(keys, encodePlain(content), context, realCryptography);
  const body = concatBytes(bytes.subarray(0, 2), certificate ?? bytes.subarray(2, 66), sealed);
  const signature = realCryptography.sign(signer.secretKey, signer.publicKey, concatBytes(SIGNED, id, body));
  return concatBytes(body, signature);
}

const parents = (...indices: number[]): Uint8Array =>
  concatBytes(
    ...indices.map((i) => concatBytes(fromHex(i.toString(16).padStart(64, '0')), new Uint8Array(16).fill(1))),
  );

describe('an update', () => {
  it('says who wrote what, when and after what, to whoever can read the room', () => {
    const writer = writerOf(toHex(author.publicKey) as AuthorId, 7, realCryptography);
    const parents = hashes(16);
    const places = parents.map((_, i) => ({ writer, number: i + 1 }));
    const draft = { session: 7, number: 3, depth: 9, claimedAtMs: 5, parents, places };
    const bytes = room.bytesOf(author, { a: [1] }, draft);
    expect(room.newCodec().read(bytes)).toEqual({
      ...draft,
      ...{
        epoch: room.keyring.first.id,
        payload: { a: [1] },
        author: toHex(author.publicKey),
        writer,
        bytes,
      },
      hash: toHex(realCryptography.sha256(bytes)),
    });
  });

  it('is to its author what it is to whoever reads it', () => {
    const certificate = room.codec.certify(author, room.keys.writeSecret ?? new Uint8Array());
    const parents = hashes(2);
    const writer = writerOf(toHex(author.publicKey) as AuthorId, 7, realCryptography);
    const places = parents.map((_, i) => ({ writer, number: i + 1 }));
    const payload = { b: [1, { d: 1, c: Uint8Array.of(1) }], a: 'x' };
    const draft = { session: 7, number: 3, depth: 9, claimedAtMs: 5, parents, places, payload };
    for (const undoes of [undefined, { session: 7, number: 2 }]) {
      const made = room.codec.make({ ...draft, undoes }, author, certificate);
      expect(made).toEqual(room.newCodec().read(made.bytes));
      expect(Object.keys(made.payload as object)).toEqual(['a', 'b']);
    }
  });

  it('has these bytes', () => {
    const bytes = room.bytesOf(author, 'a', { depth: 2, parents: hashes(1) });
    expect(toHex(realCryptography.sha256(bytes))).toMatchInlineSnapshot(
      `"dda04f2b735510f8f8d627c411e84991c7d22135246e4f97663dc4ee0620b25a"`,
    );
    expect(toHex(bytes.slice(0, 90))).toMatchInlineSnapshot(
      `"02002a1e9d8b8c32deb47958ca94b2e207517a9f19bf87241149aa43d52be27f6aece1e3d48319c5c4b4e0609b7e82d5586db7c74dcbb09958ec7db7a99de92e140cfd0b64fdd1c11e81f47b8849b84804ede494e1fd70db9793"`,
    );
  });

  it('takes at most 300 bytes beside a small payload', () => {
    const draft = {
      session: 2 ** 32 - 1,
      number: 2 ** 32 - 1,
      depth: 1_000_000,
      claimedAtMs: Date.UTC(2100, 0),
      parents: hashes(1),
    };
    expect(room.bytesOf(author, 'x'.repeat(100), draft).length - 102).toMatchInlineSnapshot(`279`);
    expect(room.bytesOf(author, 'x'.repeat(100), draft).length - 102).toBeLessThanOrEqual(300 - 8);
  });

  it('shows to nobody else who wrote it, or anything that it says', () => {
    const text = toHex(room.bytesOf(author, 'secret secret', { depth: 2, parents: hashes(1) }));
    expect(text).not.toContain(toHex(author.publicKey));
    expect(text).not.toContain(hashes(1)[0]);
    expect(text).not.toContain(toHex(new TextEncoder().encode('secret')));
  });

  it('is refused with any byte changed', () => {
    const bytes = room.bytesOf(author, 'a');
    const codec = room.newCodec();
    expect(typeof codec.read(bytes)).toBe('object');
    for (let at = 0; at < bytes.length; at++)
      expect(typeof codec.read(flipped(bytes, at)), `byte ${at}`).toBe('string');
    for (let end = 0; end < bytes.length; end++)
      expect(typeof codec.read(bytes.subarray(0, end))).toBe('string');
  });

  it('of one room is none of another, whose keys are the same', () => {
    const beginning = { ...room.genesis, id: 'cd'.repeat(32) as typeof room.genesis.id };
    const other = new UpdateCodec(new Keyring(beginning, room.keys, realCryptography), realCryptography);
    expect(other.read(room.bytesOf(author, 'a'))).toBe('an update is not sealed under the key of this room');
  });

  it('is refused from whoever has only the read key', () => {
    const reader = keysOf('read', room.keys.readKey, realCryptography);
    const own = room.codec.certify(author, reader.readKey);
    const bytes = room.codec.write(
      { session: 1, number: 1, depth: 1, claimedAtMs: 0, parents: [], places: [], payload: 'a' },
      author,
      own,
    );
    expect(room.newCodec().read(bytes)).toBe('the author of an update has no right to write');
  });

  it('is refused where the certificate is that of somebody else, known or not', () => {
    const other = room.author();
    const codec = room.newCodec();
    expect(typeof codec.read(room.bytesOf(other, 'a'))).toBe('object');
    const stolen = room.codec.certify(other, room.keys.writeSecret ?? new Uint8Array());
    expect(typeof codec.read(room.bytesOf(author, 'a'))).toBe('object');
    expect(codec.read(forged(() => undefined, author, { certificate: stolen }))).toBe(
      'the author of an update has no right to write',
    );
  });

  it('is refused when another than its author signed it', () => {
    expect(room.codec.read(forged(() => undefined, room.author()))).toBe(
      'an update is not signed by its author',
    );
  });

  it.each<[string, (content: Plain[]) => void]>([
    ['a negative session', (content) => (content[0] = -1)],
    ['number 0', (content) => (content[1] = 0)],
    ['half a number', (content) => (content[1] = 0.5)],
    ['a number beyond 32 bits', (content) => (content[1] = 2 ** 32)],
    ['depth 0', (content) => (content[2] = 0)],
    ['a negative time', (content) => (content[3] = -1)],
    ['a short key', (content) => (content[4] = new Uint8Array(31))],
    ['half a parent', (content) => (content[5] = new Uint8Array(24))],
    ['one parent twice', (content) => (content[5] = parents(1, 1))],
    ['parents out of order', (content) => (content[5] = parents(1, 0))],
    ['more parents than allowed', (content) => (content[5] = parents(...Array(MAX_PARENTS + 1).keys()))],
    ['something else beside', (content) => content.push(1)],
    ['no payload', (content) => content.pop()],
  ])('is malformed with %s', (_, change) => {
    expect(room.codec.read(forged(change))).toBe('an update is malformed');
  });

  it('of an epoch or a version to come is refused as that', () => {
    const bytes = room.bytesOf(author, 'a');
    expect(room.codec.read(concatBytes(Uint8Array.of(1), bytes.subarray(1)))).toContain('version');
    expect(room.codec.read(concatBytes(Uint8Array.of(2, 1), bytes.subarray(2)))).toBe(KEYS_NOT_HERE);
  });

  it('that is larger than it may be is not written, and not looked into', () => {
    expect(() => room.bytesOf(author, 'x'.repeat(MAX_UPDATE_BYTES))).toThrow('at most 262144');
    expect(room.codec.read(new Uint8Array(MAX_UPDATE_BYTES + 2000).fill(1))).toBe('an update is too large');
  });
});
