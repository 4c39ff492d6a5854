import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { TransferRace } from './race.ts';
import { PIECE_BYTES, QUIET_MS } from './transfer.ts';

const random = seededRandom(1);
const [a, b, c, d, e] = [1, 2, 3, 4, 5].map(() => newNodeId(random)) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];
const size = PIECE_BYTES * 5 + 10;
const GIBIBYTE = 1024 * 1024 * 1024;

/** Answers everything that these sources are asked for until nothing more is. `fillOf`: what each sends. */
function run(race: TransferRace, fillOf: (source: NodeId) => number | undefined, nowMs = 0): void {
  for (;;) {
    const requests = race.requests(nowMs).filter(({ source }) => fillOf(source) !== undefined);
    if (requests.length === 0) return;
    for (const request of requests) {
      const length = Math.min(PIECE_BYTES, request.transfer.totalBytes - request.piece * PIECE_BYTES);
      race.arrived(request, new Uint8Array(length).fill(fillOf(request.source) ?? 0), nowMs);
    }
  }
}

const whole = (race: TransferRace) => {
  const { complete } = race;
  if (!complete) throw new Error('nothing is complete');
  return complete;
};

describe('a race for a Blob', () => {
  it('lets sources of one size work together', () => {
    const race = new TransferRace();
    race.found(a, size, 0);
    race.found(b, size, 0);
    expect(new Set(race.requests(0).map(({ source }) => source))).toEqual(new Set([a, b]));
    expect(race.leader?.totalBytes).toBe(size);
  });

  it('is not held up by a source that claims a gibibyte and sends nothing', () => {
    const race = new TransferRace();
    race.found(a, GIBIBYTE, 0);
    race.found(b, size, 0);
    run(race, (source) => (source === b ? 1 : undefined));
    expect(whole(race).totalBytes).toBe(size);
    expect(race.state).toBe('complete');
  });

  it('does not take a source for one that claims another size than is known', () => {
    const race = new TransferRace();
    race.found(a, GIBIBYTE, 0);
    race.expect(size);
    expect(race.state).toBe('starved');
    expect(race.found(b, size + 1, 0)).toBe(false);
    expect(race.found(c, size, 0)).toBe(true);
    expect(race.requests(0).every(({ source }) => source === c)).toBe(true);
  });

  it('sets aside who is quiet where another has it, and goes back to it where nobody has', () => {
    const race = new TransferRace();
    race.found(a, size, 0);
    race.requests(0);
    race.tick(QUIET_MS);
    expect(race.leader?.active).toEqual([a]); // slow is better than nothing
    race.found(b, size, QUIET_MS);
    race.tick(QUIET_MS);
    expect(race.leader?.active).toEqual([b]);
    run(race, (source) => (source === b ? 1 : undefined), QUIET_MS);
    expect(race.state).toBe('complete');

    const other = new TransferRace();
    other.found(a, size, 0);
    other.found(b, size, 0);
    other.requests(0);
    other.tick(QUIET_MS);
    const [left] = other.leader?.active ?? [];
    expect(other.leader?.active).toHaveLength(1);
    if (left) other.lost(left, QUIET_MS);
    expect(other.leader?.active).toHaveLength(1);
    expect(other.state).toBe('receiving');
  });

  it('lets each source give all of it alone when a mixed whole is wrong, and convicts the one that lies', () => {
    const race = new TransferRace();
    for (const source of [a, b, c]) race.found(source, size, 0);
    const fill = (source: NodeId): number => (source === a ? 9 : 1);
    run(race, fill);
    race.wasCorrupt(whole(race), 0);
    expect(race.lastConvicted).toBeUndefined();
    run(race, fill);
    const liar = race.complete;
    // All three are whole now, the liar's among them.
    expect(liar?.contributors.size).toBe(1);
    for (let round = 0; round < 3; round++) {
      const complete = whole(race);
      if (complete.bytes.every((byte) => byte === 1)) break;
      race.wasCorrupt(complete, 0);
      expect(race.lastConvicted).toBe(a);
    }
    expect(whole(race).bytes.every((byte) => byte === 1)).toBe(true);
    expect(race.isKnown(a)).toBe(true);
    expect(race.found(a, size, 0)).toBe(false);
  });

  it('is not held up by one that trickles when sources work alone', () => {
    const race = new TransferRace();
    for (const source of [a, b, c]) race.found(source, size, 0);
    run(race, (source) => (source === a ? 9 : 1));
    race.wasCorrupt(whole(race), 0);
    run(race, (source) => (source === c ? 1 : undefined));
    expect(whole(race).contributors).toEqual(new Set([c]));
  });

  it('convicts who claims nothing at all, and ends', () => {
    const race = new TransferRace();
    race.found(a, 0, 0);
    race.found(b, 0, 0);
    race.wasCorrupt(whole(race), 0);
    expect(race.state).toBe('starved');
    expect(race.lastConvicted).toBeDefined();
  });

  it('comes to the honest size though many claim others and keep their places by trickling', () => {
    const race = new TransferRace();
    for (const [i, liar] of [a, b, c, d].entries()) race.found(liar, GIBIBYTE + i, 0);
    race.found(e, size, 0);
    let nowMs = 0;
    for (let second = 0; second < 30 && !race.complete; second++) {
      nowMs += 1000;
      const requests = race.requests(nowMs);
      for (const request of requests) {
        if (request.source === e)
          race.arrived(
            request,
            new Uint8Array(Math.min(PIECE_BYTES, size - request.piece * PIECE_BYTES)),
            nowMs,
          );
      }
      const trickle = requests.find(({ source }) => source !== e);
      if (trickle) race.arrived(trickle, new Uint8Array(PIECE_BYTES), nowMs);
      race.tick(nowMs);
    }
    expect(race.complete?.totalBytes).toBe(size);
  });

  it('keeps what has come when its only source leaves, and goes on with the next', () => {
    const race = new TransferRace();
    race.found(a, size, 0);
    const [first] = race.requests(0);
    if (first) race.arrived(first, new Uint8Array(PIECE_BYTES), 0);
    race.lost(a, 0);
    expect(race.state).toBe('starved');
    race.found(b, size, 0);
    run(race, () => 0);
    expect(whole(race).receivedBytes).toBe(size);
    expect(whole(race).contributors).toEqual(new Set([a, b]));
  });
});
