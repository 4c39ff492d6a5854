import { describe, expect, it } from 'vitest';
import { simulatedCryptography } from '../../mesh/identity/cryptography.testing.ts';
import { seededRandom, toHex } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { UpdateHash } from './contract.ts';
import { Peers } from './peers.ts';
import { Surplus } from './surplus.ts';

const cryptography = simulatedCryptography();
const random = seededRandom(1);
const [eve, bob] = [newNodeId(random), newNodeId(random)];
const rate = { updatesPerSecond: 10, bytesPerSecond: 1e6 };
const made = (count: number, length = 40): Uint8Array[] =>
  Array.from({ length: count }, () => random.bytes(length));
const hashOf = (bytes: Uint8Array | undefined): UpdateHash =>
  toHex(cryptography.sha256(bytes ?? new Uint8Array())) as UpdateHash;
/** Twice the rate, and what may have stood still for ten seconds. */
const BURST = 100;

describe('what a Node sends that keeps to no rate', () => {
  it('is looked at up to a burst, then in its turn, in order, and all of it', () => {
    const surplus = new Surplus(rate, cryptography);
    const flood = made(BURST + 100);
    const { taken, isNew } = surplus.arrived(eve, flood, 0);
    expect([taken.length, isNew]).toEqual([BURST, true]);
    expect(surplus.arrived(eve, made(1), 10)).toEqual({ taken: [], isNew: false });
    const later: Uint8Array[] = [];
    for (let nowMs = surplus.nextWakeAt; nowMs < 1e9; nowMs = surplus.nextWakeAt) {
      for (const { from, updates } of surplus.due(nowMs)) {
        expect(from).toBe(eve);
        later.push(...updates);
      }
    }
    expect(later.slice(0, 100)).toEqual(flood.slice(BURST));
    expect(later).toHaveLength(101);
    expect(surplus.isHeldBack(eve, 5_000)).toBe(true);
    expect(surplus.isHeldBack(eve, 60_000)).toBe(false);
  });

  it('does not touch what another sends', () => {
    const surplus = new Surplus(rate, cryptography);
    surplus.arrived(eve, made(1_000), 0);
    expect(surplus.arrived(bob, made(BURST), 0).taken).toHaveLength(BURST);
    expect([surplus.isHeldBack(eve, 0), surplus.isHeldBack(bob, 0)]).toEqual([true, false]);
  });

  it('keeps to it when it comes back: to leave pays nothing', () => {
    const surplus = new Surplus(rate, cryptography);
    for (let i = 0; i < 300; i++) surplus.arrived(newNodeId(random), made(1), i);
    surplus.arrived(eve, made(BURST), 0);
    for (let i = 0; i < 600; i++) surplus.arrived(newNodeId(random), made(1), i);
    expect(surplus.arrived(eve, made(1), 10).taken).toEqual([]);
  });

  it('is taken as far as another has it, and counts', () => {
    const surplus = new Surplus(rate, cryptography);
    const flood = made(BURST + 10);
    surplus.arrived(eve, flood, 0);
    expect(surplus.upTo(hashOf(flood[BURST + 4]), eve, 1)).toBeUndefined();
    expect(surplus.upTo(hashOf(flood[0]), bob, 1)).toBeUndefined();
    const before = surplus.nextWakeAt;
    expect(surplus.upTo(hashOf(flood[BURST + 4]), bob, 1)).toEqual({
      from: eve,
      updates: flood.slice(BURST, BURST + 5),
    });
    expect(surplus.nextWakeAt).toBe(before + 5 * 50);
  });

  it('fills no memory: the first of it are kept, and the rest can be asked for', () => {
    const surplus = new Surplus(rate, cryptography);
    const flood = made(BURST + 80, 20_000);
    surplus.arrived(eve, flood, 0);
    const kept = surplus.upTo(hashOf(flood[BURST + 50]), bob, 1)?.updates;
    expect(kept).toEqual(flood.slice(BURST, BURST + 51));
    expect(surplus.upTo(hashOf(flood[BURST + 51]), bob, 1)).toBeUndefined();
  });

  it('fills no memory where many do so, or with the smallest that there are', () => {
    const surplus = new Surplus(rate, cryptography);
    const drained = (): number => {
      let count = 0;
      for (let nowMs = surplus.nextWakeAt; nowMs < 1e9; nowMs = surplus.nextWakeAt)
        count += surplus.due(nowMs).reduce((sum, { updates }) => sum + updates.length, 0);
      return count;
    };
    const tiny = Array.from({ length: 8_000 }, (_, i) => Uint8Array.of(i >> 8, i & 0xff));
    surplus.arrived(eve, tiny, 0);
    expect(drained()).toBeLessThan(4_096);
    const crowd = Array.from({ length: 20 }, () => newNodeId(random));
    const large = made(BURST + 100, 10_000);
    for (const node of crowd) surplus.arrived(node, large, 0);
    const all = drained();
    expect([all > 1_600, all < 1_680]).toEqual([true, true]);
    surplus.arrived(bob, large, 0);
    expect(drained()).toBe(100);
  });

  it('is not asked for before its turn, and what it or another gives then counts', () => {
    const surplus = new Surplus(rate, cryptography);
    const peer = new Peers().add(eve);
    const give = (...updates: Uint8Array[]): void => {
      for (const bytes of updates) surplus.given(eve, { hash: hashOf(bytes), bytes }, 50);
    };
    surplus.rest(peer, 0);
    give(...made(1_000));
    expect(peer.restsUntilMs).toBe(0);
    const flood = made(BURST + 2);
    surplus.arrived(eve, flood, 0);
    surplus.rest(peer, 0);
    expect(peer.restsUntilMs).toBe(50);
    surplus.due(50);
    give(...flood.slice(-1), ...made(99));
    surplus.rest(peer, 50);
    expect(peer.restsUntilMs).toBe(100 + 5_000);
    expect(surplus.due(1e6)).toEqual([]);
  });
});
