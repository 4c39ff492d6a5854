import { describe, expect, it } from 'vitest';
import { type Identity, realCryptography } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import { encodePlain } from './canonical.ts';
import type { Checkpoint } from './checkpoint.ts';
import { CheckpointCodec, type Shut } from './checkpoint-codec.ts';
import { draftCheckpoint } from './closing.ts';
import type { DeviceId, Grant } from './contract.ts';
import { encodeLine, Keyring } from './epochs.ts';
import { authorOf, FinalRoom } from './final.testing.ts';
import type { History } from './history.ts';
import { keysOf, lowered } from './keys.ts';
import type { MemberEntry } from './members.ts';
import { TestRoom } from './room.testing.ts';
import { encodeSnapshot } from './snapshot.ts';

const cryptography = realCryptography;
const room = new TestRoom(1000, { cryptography });
const final = new FinalRoom(room);

interface Person {
  readonly identity: Identity;
  readonly keyring: Keyring;
  readonly codec: CheckpointCodec;
  readonly entry: MemberEntry;
}

function person(grant: Grant): Person {
  const identity = room.author();
  const deviceSecret = room.random.bytes(32);
  const keyring = room.newKeyring(keysOf(grant, lowered(room.keys, grant) ?? new Uint8Array(), cryptography));
  const device = toHex(cryptography.agreementKey(deviceSecret)) as DeviceId;
  const codec = new CheckpointCodec(keyring, deviceSecret, cryptography);
  return { identity, keyring, codec, entry: { device, author: authorOf(identity), grant } };
}

const [ann, bob, eve] = [person('admin'), person('write'), person('admin')];
const everybody = [ann, bob, eve].map(({ entry }) => entry);
const newKeys = (): ReturnType<typeof keysOf> => keysOf('admin', room.random.bytes(32), cryptography);

/** One that takes `gone` out, made with the keys that its maker has. */
function rotation(history: History, by: Person, gone: Person, isTaking: boolean): Uint8Array {
  const said = { next: by.entry.author, isTaking, removed: [gone.entry.device] };
  const members = history.tip ? [] : everybody.filter((entry) => entry !== gone.entry);
  const draft = draftCheckpoint(history, { ...said, members }, cryptography);
  if (!draft) throw new Error('there is nothing to close');
  const stay = everybody.filter((entry) => entry !== gone.entry);
  const secret = by.keyring.current.secrets.adminSecret ?? new Uint8Array();
  return by.codec.writeRotation(draft, by.identity, secret, { keys: newKeys(), stay });
}

const history = final.history();
history.add(room.after([], bob.identity, 'b', 1));
const bytes = rotation(history, ann, eve, true);
const isShut = (read: Checkpoint | Shut | string): read is Shut => typeof read === 'object' && 'type' in read;
const checkpointOf = (read: Checkpoint | Shut | string): Checkpoint => {
  if (typeof read === 'string' || isShut(read)) throw new Error(String(read));
  return read;
};

describe('a rotation', () => {
  it('gives who stays its keys, and to who is taken out the news', () => {
    const own = checkpointOf(ann.codec.read(bytes));
    expect(checkpointOf(bob.codec.read(bytes))).toEqual(own);
    expect(own).toMatchObject({ number: 1, turns: [1], removed: [eve.entry.device] });
    const epoch = bob.keyring.ofNumber(1)[0];
    expect([epoch?.id, epoch?.secrets.grant, epoch?.secrets.adminSecret]).toEqual([
      own.epoch,
      'write',
      undefined,
    ]);
    expect(eve.codec.read(bytes)).toEqual({
      ...{ type: 'shut', after: room.keyring.first.id, author: ann.entry.author, bytes },
    });
    expect(eve.keyring.ofNumber(1)).toEqual([]);
  });

  it('has these bytes, and so have the snapshot behind it and the line of keys', () => {
    const own = checkpointOf(ann.codec.read(bytes));
    const taken = final.history({ keyring: ann.keyring });
    taken.add(room.after([], bob.identity, 'b', 1));
    expect(taken.offer(own)).toBe('taken');
    const { anchor } = taken.segments.at(-1) ?? {};
    if (anchor?.state === undefined) throw new Error('there is no state');
    const snapshot = encodeSnapshot({ ...anchor, state: anchor.state });
    const line = encodePlain(encodeLine(ann.keyring.lineOf(own.epoch)));
    const hashes = [bytes, snapshot, line].map((one) => `${one.length} ${toHex(cryptography.sha256(one))}`);
    expect(hashes).toMatchInlineSnapshot(`
      [
        "907 7513912ee98956f064720e62932fd9bc15547dce4798c35944a7d6ad0d3f663f",
        "159 2a4f0d836138e63ca0fe953fb087286470cd45585ba86c4f6d1333d94df27871",
        "131 bb2b5a3d90d9ff73d260b5b084332a458917fba046a625c50370e7f0e25266f9",
      ]
    `);
    expect(toHex(bytes.subarray(0, 2))).toBe('8201');
  });

  it('is read by who comes with a later link, and by nobody without any', () => {
    const held = ann.keyring.ofNumber(1)[0];
    const line = ann.keyring.lineOf(held?.id ?? room.keyring.first.id);
    const reader = keysOf('read', held?.secrets.readKey ?? new Uint8Array(), cryptography);
    const keyring = new Keyring(room.genesis, reader, cryptography, line);
    const codec = new CheckpointCodec(keyring, room.random.bytes(32), cryptography);
    expect(checkpointOf(codec.read(bytes)).number).toBe(1);
    const forged = line.map((one) => ({ ...one, adminKey: one.writeKey }));
    expect(() => new Keyring(room.genesis, reader, cryptography, forged)).toThrow('do not follow');
    const other = new TestRoom(1000, { cryptography, seed: 9 });
    const stranger = new CheckpointCodec(other.newKeyring(), room.random.bytes(32), cryptography);
    expect(stranger.read(bytes)).toBe('a rotation is not sealed under a key that is here');
  });

  it('is refused with any byte changed, or cut short', () => {
    const fresh = person('write');
    for (let at = 1; at < bytes.length; at += 7) {
      const bad = bytes.slice();
      bad[at] = (bad[at] ?? 0) ^ 1;
      for (const { codec } of [fresh, bob]) expect(typeof codec.read(bad), `byte ${at}`).toBe('string');
      expect(typeof bob.codec.read(bytes.subarray(0, at))).toBe('string');
    }
  });

  it('is refused from a writer', () => {
    const writer = person('write');
    const secret = writer.keyring.current.secrets.writeSecret ?? new Uint8Array();
    const draft = draftCheckpoint(
      history,
      { next: writer.entry.author, isTaking: true, members: everybody, removed: [] },
      cryptography,
    );
    if (!draft) throw new Error('there is nothing to close');
    expect(() =>
      writer.codec.writeRotation(draft, writer.identity, secret, { keys: newKeys(), stay: everybody }),
    ).toThrow(RangeError);
  });

  it('gives no way back to who was taken out, whatever it signs', () => {
    const { keyring } = ann;
    const taken = final.history({ keyring });
    taken.add(room.after([], bob.identity, 'b', 1));
    expect(taken.offer(checkpointOf(ann.codec.read(bytes)))).toBe('taken');
    // Eve has the old admin key, and makes a longer chain with it, of more epochs, in which she is there and nobody else is told.
    const hers = final.history({ keyring: eve.keyring });
    hers.add(room.after([], bob.identity, 'b', 1));
    for (const isFirst of [true, false]) {
      const one = rotation(hers, eve, person('write'), isFirst);
      hers.offer(checkpointOf(eve.codec.read(one)));
      eve.keyring.turnTo(hers.epoch);
      ann.codec.read(one);
    }
    expect(hers.tip?.turns).toEqual([1, 2]);
    for (let i = 0; i < 40; i++) {
      const said = { next: eve.entry.author, isTaking: false, members: [], removed: undefined };
      const draft = draftCheckpoint(hers, said, cryptography);
      const secret = eve.keyring.current.secrets.adminSecret ?? new Uint8Array();
      const one = draft && eve.codec.write(draft, eve.identity, secret);
      if (one) hers.offer(checkpointOf(eve.codec.read(one)));
      const { tip, members } = hers;
      if (i % 8 !== 0 || !tip) continue;
      expect(taken.offer(checkpointOf(ann.codec.read(tip.bytes)))).toBe('refused');
      taken.take(tip, { state: 'hers', closed: new Map(), members });
    }
    expect(hers.tip?.number).toBe(42);
    const [first] = hers.segments.slice(1);
    expect(first?.anchor.checkpoint && taken.offer(first.anchor.checkpoint)).toBe('refused');
    expect(taken.tip?.author).toBe(ann.entry.author);
    expect(bytes.length).toBeLessThan(1_500);
  });

  it('is made and read however many there are beside it, which some administrator made to keep it out', () => {
    for (let i = 0; i < 6; i++) {
      const rival = rotation(history, person('admin'), eve, true);
      for (const { codec } of [ann, bob]) checkpointOf(codec.read(rival));
    }
    const own = checkpointOf(ann.codec.read(rotation(history, ann, eve, true)));
    expect(checkpointOf(bob.codec.read(own.bytes))).toEqual(own);
    const { keyring, codec } = bob;
    expect([keyring.ofNumber(1).length, keyring.turnTo(own.epoch)]).toEqual([4, true]);
    for (let i = 0; i < 6; i++) codec.read(rotation(history, person('admin'), eve, true));
    expect([keyring.holds(own.epoch), keyring.holds(keyring.first.id)]).toEqual([true, true]);
  });
});
