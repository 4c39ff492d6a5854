import { beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identityFrom } from '../../mesh/index.ts';
import { toHex } from '../../runtime/index.ts';
import { Administration } from './administration.ts';
import { Authors } from './authors.ts';
import { CheckpointCodec } from './checkpoint-codec.ts';
import type { DeviceId } from './contract.ts';
import { authorOf, FinalRoom } from './final.testing.ts';
import type { History } from './history.ts';
import { Introductions } from './introductions.ts';
import { keysOf } from './keys.ts';
import { Peers } from './peers.ts';
import { TestRoom } from './room.testing.ts';
import type { RoomEffect } from './room-events.ts';
import { UpdateCodec } from './update.ts';

const room = new TestRoom();
const final = new FinalRoom(room);
const { cryptography } = room;
const [own, other] = [room.author(), room.author()] as [Identity, Identity];
const writer = identityFrom(room.random.bytes(32), cryptography);

let history: History;
let peers: Peers;
let effects: RoomEffect[];
let administration: Administration;
let number: number;

function begin({ isMaker = true, isAdmin = true } = {}): void {
  const { writeSecret = new Uint8Array() } = room.keys;
  const keyring = room.newKeyring(isAdmin ? room.keys : keysOf('write', writeSecret, cryptography));
  const [authors, deviceSecret] = [new Authors(cryptography), room.random.bytes(32)];
  const checkpoints = new CheckpointCodec(keyring, deviceSecret, cryptography);
  const codec = new UpdateCodec(keyring, cryptography);
  history = final.history({ keyring });
  peers = new Peers();
  effects = [];
  number = 0;
  const introductions = new Introductions({
    ...{ identity: own, deviceSecret, keyring, codec, checkpoints, authors, cryptography },
  });
  administration = new Administration(
    { self: own.id, identity: own, isMaker },
    {
      ...{
        history,
        peers,
        authors,
        checkpoints,
        cryptography,
        keyring,
        introductions,
        maxOpenBytes: 1_000_000,
      },
      effect: (effect) => void effects.push(effect),
    },
  );
}

const write = (nowMs: number): void => {
  history.add(room.after([], writer, `${number}`, ++number));
  administration.changed(nowMs);
};
/** Lets it act, and tells it what was closed, as the room does. */
const act = (nowMs: number, isBehind = false): void => {
  administration.act(isBehind, nowMs);
  for (const change of history.changes()) {
    if (change.type === 'closed') administration.taken(change.checkpoint, false, nowMs);
  }
};
const typesOf = (): string[] => effects.splice(0).map(({ type }) => type);

describe('who makes the checkpoints of a room', () => {
  beforeEach(() => begin());

  it('makes the first when it has been quiet for two seconds, and it says who makes the next', () => {
    expect(administration.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    write(1_000);
    act(2_999);
    expect([history.tip, administration.nextWakeAt]).toEqual([undefined, 3_000]);
    act(3_000);
    expect(history.tip).toMatchObject({ number: 1, takes: [1], next: authorOf(own), count: 1 });
    expect([administration.hasRole, administration.nextWakeAt]).toEqual([true, Number.POSITIVE_INFINITY]);
  });

  it('makes one after ten seconds at the latest, and none while something is missing', () => {
    for (let ms = 0; ms <= 9_000; ms += 1_000) {
      write(ms);
      act(ms);
    }
    expect([history.tip, administration.nextWakeAt]).toEqual([undefined, 10_000]);
    act(10_000, true);
    expect([history.tip, administration.nextWakeAt]).toEqual([undefined, 11_000]);
    act(11_000);
    expect(history.tip?.count).toBe(10);
  });

  it('pauses for a hundred times what a large state costs, but for much that is open', () => {
    const large = (nowMs: number): void => {
      history.add(room.after([], writer, 'x'.repeat(200_000), ++number));
      administration.changed(nowMs);
    };
    for (const ms of [0, 1, 2]) large(ms);
    act(2);
    expect(history.tip?.number).toBe(1);
    large(1_100);
    act(1_100);
    // 600 KB at 500 bytes a millisecond.
    expect([history.tip?.number, Math.round(administration.nextWakeAt)]).toEqual([1, 1_202]);
    large(1_101);
    expect(administration.nextWakeAt).toBe(1_002);
    act(1_101);
    expect(history.tip?.number).toBe(2);
  });

  it('is here while it has the role, or who has it is in reach', () => {
    expect(administration.isHere).toBe(true);
    begin({ isMaker: false });
    expect(administration.isHere).toBe(false);
    history.add(room.after([], writer, 'a', 1));
    history.offer(final.checkpoint(history, other));
    expect(administration.isHere).toBe(false);
    peers.add(other.id);
    expect(administration.isHere).toBe(true);
  });

  it('tells nobody of one before it is on the disk, if there is one', () => {
    peers.add(other.id);
    administration.disk('storing', []);
    write(0);
    act(2_000);
    const [kept] = effects;
    expect(kept?.type === 'keep' && history.tip).toBe(undefined);
    expect(typesOf()).toEqual(['keep']);
    act(60_000);
    expect(typesOf()).toEqual([]);
    administration.disk('storing', kept?.type === 'keep' ? [kept.checkpoint.hash] : []);
    expect([typesOf(), history.tip?.number]).toEqual([['spread'], 1]);
  });

  it('hands the role to an administrator that asks for it, and to nobody else', () => {
    write(0);
    act(2_000);
    const { adminSecret = new Uint8Array(), writeSecret = new Uint8Array() } = room.keys;
    const certificate = final.codec.certify(other, adminSecret);
    peers.add(other.id);
    administration.wanted(other.id, {
      key: other.publicKey,
      certificate: final.codec.certify(other, writeSecret),
    });
    expect(typesOf()).toEqual(['refused']);
    administration.wanted(other.id, { key: writer.publicKey, certificate });
    expect(typesOf()).toEqual(['refused']);
    administration.wanted(other.id, { key: other.publicKey, certificate });
    act(administration.nextWakeAt);
    expect(history.tip).toMatchObject({ number: 2, takes: [1], next: authorOf(other) });
    expect([administration.hasRole, administration.nextWakeAt]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it('keeps the role where whoever asked for it has gone since: nobody would have it', () => {
    write(0);
    act(2_000);
    peers.add(other.id);
    const certificate = final.codec.certify(other, room.keys.adminSecret ?? new Uint8Array());
    administration.wanted(other.id, { key: other.publicKey, certificate });
    peers.remove(other.id);
    act(administration.nextWakeAt);
    expect(history.tip).toMatchObject({ number: 2, takes: [1], next: authorOf(own) });
    expect(administration.hasRole).toBe(true);
  });

  it('asks who has the role, and takes it when it is not handed on: another term, for all to see', () => {
    begin({ isMaker: false });
    history.add(room.after([], writer, 'a', 1));
    history.offer(final.checkpoint(history, other));
    history.changes();
    administration.want();
    act(0);
    // Who has it is not in reach: it is taken.
    expect(history.tip?.takes).toEqual([1, 2]);

    begin({ isMaker: false });
    history.add(room.after([], writer, 'a', 1));
    history.offer(final.checkpoint(history, other));
    history.changes();
    peers.add(other.id);
    administration.want();
    act(0);
    expect([typesOf(), administration.nextWakeAt]).toEqual([['askRole'], 10_000]);
    act(9_999);
    expect(history.tip?.number).toBe(1);
    act(10_000);
    expect(history.tip).toMatchObject({ number: 2, takes: [1, 2], author: authorOf(own) });
  });

  it('goes on in another term where it cannot know what it made last', () => {
    history.add(room.after([], writer, 'a', 1));
    history.offer(final.checkpoint(history, own));
    for (const change of history.changes()) {
      if (change.type === 'closed') administration.taken(change.checkpoint, false, 0);
    }
    expect(administration.hasRole).toBe(false);
    history.add(room.after([], writer, 'b', 2));
    administration.changed(0);
    act(60_000);
    expect(history.tip?.takes).toEqual([1, 2]);
  });

  it('does nothing of it without the admin link', () => {
    begin({ isAdmin: false });
    write(0);
    administration.want();
    act(60_000);
    administration.boot('ab'.repeat(32) as DeviceId, room.random.bytes(32), 7);
    expect([typesOf(), history.tip, administration.nextWakeAt]).toEqual([
      ['failed'],
      undefined,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('takes nobody out whom the room does not know, and not itself', () => {
    const self = administration;
    self.boot(toHex(room.random.bytes(32)) as DeviceId, room.random.bytes(32), 1);
    self.boot(undefined, room.random.bytes(32), 2);
    expect(typesOf()).toEqual(['failed', 'failed']);
  });
});
