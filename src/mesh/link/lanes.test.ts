import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../wire/index.ts';
import { isBundle, readBundle } from './bundle.ts';
import { LANE_MARK_BYTES, Lanes } from './lanes.ts';

const LANES: readonly Lane[] = ['control', 'messages', 'broadcast', 'bulk'];
/** A frame of that many bytes which says in its first two where it belongs: byte 0 is no bundle's mark. */
const frame = (bytes: number, lane: Lane, serial = 0): Uint8Array => {
  const made = new Uint8Array(bytes);
  made[0] = LANES.indexOf(lane);
  made[1] = serial;
  return made;
};
const laneOf = (made: Uint8Array): Lane => LANES[made[0] ?? 0] ?? 'control';
const unpack = (messages: readonly Uint8Array[]): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  for (const message of messages) {
    if (isBundle(message)) expect(readBundle(message, (each) => frames.push(each))).toBe(true);
    else frames.push(message);
  }
  return frames;
};
const bytesOf = (frames: readonly Uint8Array[], lane: Lane): number =>
  frames.filter((each) => laneOf(each) === lane).reduce((sum, { length }) => sum + length, 0);

function make(): { lanes: Lanes; freed: Lane[] } {
  const freed: Lane[] = [];
  const lanes = new Lanes({ onFrame: () => {}, onFree: (lane) => freed.push(lane) });
  return { lanes, freed };
}

describe('the lanes of a Link', () => {
  it('let control out before everything else, however much waits', () => {
    const { lanes } = make();
    for (const lane of ['bulk', 'broadcast', 'messages'] as const) {
      for (let i = 0; i < 20; i++) lanes.push(frame(20_000, lane), lane, false);
    }
    for (let i = 0; i < 5; i++) lanes.push(frame(60, 'control'), 'control', false);
    const first = unpack(lanes.take(256 * 1024, true))
      .slice(0, 6)
      .map(laneOf);
    expect(first.slice(0, 5)).toEqual(Array(5).fill('control'));
    lanes.push(frame(60, 'control'), 'control', false);
    expect(unpack(lanes.take(256 * 1024, false)).map(laneOf)[0]).toBe('control');
  });

  it('go on though control comes without end, as whoever is passed on could send it', () => {
    const { lanes } = make();
    const sent: Lane[] = [];
    for (let i = 0; i < 20; i++) lanes.push(frame(20_000, 'messages', i), 'messages', false);
    for (let turn = 0; turn < 400; turn++) {
      while (lanes.push(frame(1000, 'control'), 'control', true)); // as much as the lane takes
      sent.push(...unpack(lanes.take(64 * 1024, true)).map(laneOf));
    }
    const messages = sent.filter((lane) => lane === 'messages').length;
    expect(messages).toBe(20);
    expect(sent.length - messages).toBeGreaterThan(3 * 20 * 20); // three quarters of the bytes are control's all the same
  });

  it('share what control leaves: four to two to one between messages, broadcasts and bulk', () => {
    for (const sizes of [
      [1_000, 1_000, 1_000],
      [60_000, 500, 60_000],
      [100, 60_000, 16_000],
    ] as const) {
      const { lanes } = make();
      const shared = ['messages', 'broadcast', 'bulk'] as const;
      for (const [i, lane] of shared.entries()) {
        for (let bytes = 0; bytes < 3e6; bytes += sizes[i] ?? 0)
          lanes.push(frame(sizes[i] ?? 0, lane), lane, false);
      }
      const left = unpack(lanes.take(3_000_000, true));
      const bulk = bytesOf(left, 'bulk');
      expect(bytesOf(left, 'messages') / bulk).toBeCloseTo(4, -0.3);
      expect(bytesOf(left, 'broadcast') / bulk).toBeCloseTo(2, -0.3);
    }
  });

  it('give a lane everything when the others are empty, and save nothing up for them', () => {
    const { lanes } = make();
    for (let i = 0; i < 50; i++) lanes.push(frame(10_000, 'bulk'), 'bulk', false);
    expect(unpack(lanes.take(400_000, true)).length).toBe(40);
    // Messages that come late have their share from now on, not that of the time before.
    for (let i = 0; i < 50; i++) lanes.push(frame(10_000, 'messages'), 'messages', false);
    const next = unpack(lanes.take(200_000, true));
    expect(bytesOf(next, 'messages')).toBeLessThanOrEqual(170_000);
    expect(bytesOf(next, 'bulk')).toBeGreaterThan(0);
  });

  it('keep the order within a lane and lose nothing, at any sizes and rooms', () => {
    const pushes = fc.array(
      fc.record({
        lane: fc.constantFrom(...LANES),
        bytes: fc.oneof(fc.integer({ min: 44, max: 400 }), fc.integer({ min: 44, max: 69_000 })),
      }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(
        pushes,
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
        (all, rooms) => {
          const { lanes } = make();
          const serials = new Map<Lane, number>();
          for (const { lane, bytes } of all) {
            const serial = serials.get(lane) ?? 0;
            serials.set(lane, serial + 1);
            lanes.push(frame(bytes, lane, serial), lane, false);
          }
          const out: Uint8Array[] = [];
          for (let i = 0; lanes.bytes > 0; i++) {
            const room = rooms[i % rooms.length] ?? 1;
            const messages = lanes.take(room, true);
            const bytes = messages.reduce((sum, { length }) => sum + length, 0);
            if (messages.length > 1) expect(bytes).toBeLessThanOrEqual(room);
            for (const message of messages)
              if (isBundle(message)) expect(message.length).toBeLessThanOrEqual(16_384);
            out.push(...unpack(messages));
          }
          expect(out.length).toBe(all.length);
          const seen = new Map<Lane, number>();
          for (const each of out) {
            expect(each[1]).toBe((seen.get(laneOf(each)) ?? 0) & 0xff);
            seen.set(laneOf(each), (seen.get(laneOf(each)) ?? 0) + 1);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never give the channel more than it has room for, unless it is empty', () => {
    const { lanes } = make();
    for (let i = 0; i < 10; i++) lanes.push(frame(60_000, 'bulk'), 'bulk', false);
    expect(lanes.take(59_999, false)).toEqual([]);
    expect(lanes.take(59_999, true).length).toBe(1);
    expect(lanes.take(256 * 1024, false).length).toBe(4);
  });

  it('turn frames of others away when full, each lane for itself, and take our own all the same', () => {
    const { lanes } = make();
    let taken = 0;
    while (taken < 1000 && lanes.push(frame(50_000, 'broadcast'), 'broadcast', true)) taken++;
    expect(taken).toBeGreaterThan(10);
    expect(taken * 50_000).toBeLessThanOrEqual(2 * 1024 * 1024);
    expect(lanes.push(frame(50_000, 'broadcast'), 'broadcast', false)).toBe(true);
    for (const lane of ['control', 'messages', 'bulk'] as const) {
      expect(lanes.push(frame(50_000, lane), lane, true)).toBe(true);
    }
    let small = 0;
    while (small < 1_000_000 && lanes.push(frame(44, 'control'), 'control', true)) small++;
    expect(small).toBeLessThan(10_000); // tiny ones cost more than their bytes
  });

  it('say once when a lane that was full has room again', () => {
    const { lanes, freed } = make();
    for (let i = 0; i < 10; i++) lanes.push(frame(20_000, 'broadcast'), 'broadcast', true);
    lanes.push(frame(20_000, 'bulk'), 'bulk', false);
    lanes.take(100_000, true);
    expect(freed).toEqual([]);
    while (lanes.bytes > 0) lanes.take(50_000, true);
    expect(freed).toEqual(['broadcast']);
    expect(LANE_MARK_BYTES).toBeLessThanOrEqual(200_000);
  });

  it('send a frame alone as the bytes it is', () => {
    const { lanes } = make();
    const large = frame(60_000, 'bulk');
    lanes.push(large, 'bulk', false);
    expect(lanes.take(256 * 1024, true)[0]).toBe(large);
  });
});
