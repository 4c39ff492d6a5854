import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';
import { gaussian } from './network.testing.ts';
import { TestNodes } from './nodes.testing.ts';
import { OwnRecord } from './own-record.ts';

function setting() {
  const nodes = new TestNodes();
  const record = new OwnRecord(nodes.life(), nodes.nameHash, new Uint8Array(), nodes.cryptography);
  const peers = nodes.lives(20).map(({ id }) => id);
  const peer = (i: number): NodeId => peers[i] as NodeId;
  /** Runs to the next announcement. */
  const next = () => {
    for (let i = 0; i < 10; i++) {
      const at = record.nextWakeAt;
      if (at === NEVER) return undefined;
      const due = record.due(at);
      if (due) return { at, ...due };
    }
    return undefined;
  };
  return { record, peer, next };
}

describe('our own record', () => {
  it('gathers what happens within 100 ms into one announcement, then speaks once a second', () => {
    const { record, peer, next } = setting();
    for (let i = 0; i < 8; i++) record.linkUp(peer(i), 1000 + i);
    const first = next();
    expect(first).toMatchObject({ at: 1100, type: 'new_edge', record: { version: 1 } });
    expect(first?.record.neighbours).toHaveLength(8);
    record.linkUp(peer(8), 1150);
    record.linkUp(peer(9), 1900);
    expect(next()).toMatchObject({ at: 2100, record: { version: 2 } });
    expect(next()).toBeUndefined();
  });

  it('says at once that a Link is lost, but a Link that flaps five times a second at most', () => {
    const { record, peer, next } = setting();
    record.linkUp(peer(0), 0);
    next();
    record.linkDown(peer(0), 5000);
    expect(next()).toMatchObject({ at: 5000, type: 'destroy_edge' });
    let count = 0;
    for (let at = 5010; at < 6010; at += 20) {
      record.linkUp(peer(1), at);
      record.linkDown(peer(1), at + 10);
      if (record.due(at + 10)) count++;
    }
    expect(count).toBeLessThanOrEqual(5);
  });

  it('says soon that a Link just lost is back, before anybody whose only path it is gives us up', () => {
    const { record, peer, next } = setting();
    record.linkUp(peer(0), 0);
    record.linkUp(peer(1), 0);
    next();
    record.linkDown(peer(0), 5000);
    expect(next()).toMatchObject({ at: 5000, type: 'destroy_edge' });
    record.linkUp(peer(0), 5020);
    const back = next();
    expect(back).toMatchObject({ at: 5200, type: 'new_edge' });
    expect(back?.record.neighbours).toHaveLength(2);
    record.linkDown(peer(1), 9000);
    next();
    record.linkUp(peer(2), 9020); // another one does not hurry
    expect(next()).toMatchObject({ at: 10_000 });
    record.linkUp(peer(1), 10_010); // nor one of whom the others have let go long ago
    expect(next()).toMatchObject({ at: 11_000 });
  });

  it('says soon that a Link leads where no other path does', () => {
    const { record, peer, next } = setting();
    record.linkUp(peer(0), 0);
    next();
    record.linkUp(peer(1), 500, true);
    expect(next()).toMatchObject({ at: 500, type: 'new_edge' });
    record.linkUp(peer(2), 550, true);
    expect(next()).toMatchObject({ at: 700 }); // five times a second at most
  });

  it('tells round trips once a Link has been measured, and keeps still about jitter', () => {
    const { record, peer, next } = setting();
    for (let i = 0; i < 6; i++) record.linkUp(peer(i), 0);
    next();
    const random = seededRandom(9);
    const smoothed = Array.from({ length: 6 }, () => 0);
    const announced: number[] = [];
    for (let at = 500; at < 3_600_000; at += 1000) {
      smoothed.forEach((before, i) => {
        const sample = 20 * Math.exp(0.5 * gaussian(random));
        const now = before === 0 ? sample : before * 0.875 + sample * 0.125;
        smoothed[i] = now;
        record.measured(peer(i), now, at);
      });
      if (record.due(at)) announced.push(at);
    }
    expect(announced[0]).toBeLessThanOrEqual(6000);
    expect(announced.filter((at) => at > 60_000)).toEqual([]);
    expect(announced.length).toBeLessThanOrEqual(3);
    for (const rttClass of record.record.rttClasses) expect([5, 6, 7]).toContain(rttClass);
  });

  it('looks a second time at all Links that came within some seconds, and tells of all in one record', () => {
    const { record, peer, next } = setting();
    for (let i = 0; i < 6; i++) {
      record.linkUp(peer(i), 2000 * i);
      record.measured(peer(i), 400, 2000 * i + 50); // a busy moment
      next();
    }
    for (let i = 0; i < 6; i++) record.measured(peer(i), 2, 20_000);
    expect(next()?.record.rttClasses).toEqual(new Uint8Array(6).fill(3));
    expect(next()).toBeUndefined();
  });

  it('tells a round trip that has been twice as long for half a minute, not one that was for a moment', () => {
    const { record, peer, next } = setting();
    record.linkUp(peer(0), 0);
    record.measured(peer(0), 10, 50);
    expect(next()?.record.rttClasses).toEqual(Uint8Array.of(5));
    expect(next()).toBeUndefined(); // the second look finds nothing
    record.measured(peer(0), 100, 100_000);
    record.measured(peer(0), 12, 120_000);
    expect(record.nextWakeAt).toBe(NEVER);
    record.measured(peer(0), 40, 200_000);
    const due = next();
    expect(due?.at).toBeGreaterThanOrEqual(230_000);
    expect(due?.record.rttClasses).toEqual(Uint8Array.of(7));
  });

  it('takes along whatever else is off by then, and speaks of round trips every half minute at most', () => {
    const { record, peer, next } = setting();
    for (let i = 0; i < 6; i++) {
      record.linkUp(peer(i), 0);
      record.measured(peer(i), 2, 50);
    }
    next();
    expect(next()).toBeUndefined();
    for (let i = 0; i < 6; i++) record.measured(peer(i), 200, 100_000 + 4000 * i);
    expect(next()?.record.rttClasses).toEqual(new Uint8Array(6).fill(10));
    expect(record.nextWakeAt).toBe(NEVER);
    for (let i = 0; i < 6; i++) record.measured(peer(i), 2, 131_000 + i);
    expect(next()?.at).toBeGreaterThanOrEqual(161_000);
    expect(record.nextWakeAt).toBe(NEVER);
  });

  it('keeps still about a few milliseconds, however many times one is the other', () => {
    const { record, peer, next } = setting();
    record.linkUp(peer(0), 0);
    record.measured(peer(0), 0.5, 50);
    next();
    record.measured(peer(0), 5.4, 20_000);
    expect(next()).toBeUndefined();
    record.measured(peer(0), 5.6, 100_000);
    expect(next()?.record.rttClasses).toEqual(Uint8Array.of(4));
  });

  it('names sixteen Links at most, and is no longer for it', () => {
    const { record, peer, next } = setting();
    for (let i = 0; i < 20; i++) record.linkUp(peer(i), 0);
    expect(next()?.record.neighbours).toHaveLength(16);
    expect(record.links.size).toBe(20);
  });

  it('has the last word over another that writes with our key in our life', () => {
    const { record, next } = setting();
    record.outrank(40, 0);
    expect(next()?.record.version).toBe(41);
    record.outrank(0xffff_ffff, 10); // nothing is above it
    expect(next()).toBeUndefined();
  });

  it('ends with a farewell', () => {
    const { record, peer } = setting();
    record.linkUp(peer(0), 0);
    expect(record.leave()).toMatchObject({ hasLeft: true, neighbours: [] });
    expect(record.nextWakeAt).toBe(NEVER);
  });
});
