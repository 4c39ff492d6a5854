import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import type { MeshMessage } from './index.ts';
import { CALM, LossyPair, type Weather } from './lossy-pair.testing.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const numbered = (count: number): MeshMessage[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'message', name: 'n', body: encoder.encode(String(i)) }));

const sendAll = (pair: LossyPair, messages: readonly MeshMessage[]): void => {
  for (const [i, message] of messages.entries()) pair.enqueue(message, i);
  pair.pump();
};

const numbersOf = (messages: readonly MeshMessage[]): number[] =>
  messages.map((message) => (message.kind === 'message' ? Number(decoder.decode(message.body)) : -1));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const weathers: fc.Arbitrary<Weather> = fc.record({
  loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
  duplication: fc.double({ min: 0, max: 0.5, noNaN: true }),
  delayMs: fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 20, max: 400 })),
});

describe('a window', () => {
  it('delivers everything exactly once and in order, with at most ten packets in flight, in any weather', () => {
    const sizes = fc.array(fc.oneof(fc.nat(40), fc.nat(3000)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.nat(), weathers, sizes, (seed, weather, bodies) => {
        const random = seededRandom(seed);
        const messages = bodies.map(
          (size): MeshMessage => ({ kind: 'message', name: 'x', body: random.bytes(size) }),
        );
        const pair = new LossyPair(seed, weather, { packetBytes: 256 });
        sendAll(pair, messages);
        pair.run();
        expect(pair.received).toEqual(messages);
        expect([...pair.settled]).toEqual(bodies.map((_, i) => [i, undefined]));
        expect(pair.maxInFlight).toBeLessThanOrEqual(10);
        expect(pair.sender.isIdle).toBe(true);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it.each([1, 2, 3])('goes over the index wrap under loss, duplication and reordering (seed %i)', (seed) => {
    // Bodies that fill a packet each: 12,000 packets, past index 9,999.
    const pair = new LossyPair(seed, { loss: 0.2, duplication: 0.1, delayMs: [1, 60] }, { packetBytes: 256 });
    const messages = upTo(12_000).map((i): MeshMessage => {
      const body = new Uint8Array(240);
      new DataView(body.buffer).setUint32(0, i);
      return { kind: 'message', name: 'n', body };
    });
    sendAll(pair, messages);
    pair.run();
    expect(pair.received.length).toBe(messages.length);
    expect(
      pair.received.map((m) =>
        'body' in m ? new DataView(m.body.buffer, m.body.byteOffset).getUint32(0) : -1,
      ),
    ).toEqual(upTo(12_000));
    expect(pair.settled.size).toBe(messages.length);
    expect(pair.maxInFlight).toBe(10);
    expect(pair.receiver.snapshot(0).expectedIndex).toBe(2000);
  });

  it('packs small messages that wait together into few packets', () => {
    const pair = new LossyPair(1);
    sendAll(pair, numbered(5000));
    pair.run();
    expect(numbersOf(pair.received)).toEqual(upTo(5000));
    expect(pair.sentFrames.length).toBeLessThan(5);
  });

  it('carries a message of many packets whole, between small ones', () => {
    const body = seededRandom(9).bytes(1_000_000);
    const pair = new LossyPair(1, { loss: 0.1, duplication: 0.1, delayMs: [1, 30] });
    const messages: MeshMessage[] = [
      { kind: 'request', name: 'before', requestId: 0xfffffffe, body: new Uint8Array() },
      { kind: 'message', name: 'big', body },
      { kind: 'response', requestId: 4, body: Uint8Array.of(1) },
      { kind: 'error', requestId: 5, reason: 'nothing here – sorry' },
    ];
    sendAll(pair, messages);
    pair.run();
    const [before, big, ...after] = pair.received;
    expect([before, ...after]).toEqual([messages[0], messages[2], messages[3]]);
    expect(big?.kind === 'message' && Buffer.compare(big.body, body)).toBe(0);
  });

  it('slides as acknowledgements come, without waiting for all ten slots', () => {
    const pair = new LossyPair(1, CALM, { packetBytes: 256 });
    sendAll(
      pair,
      upTo(30).map(() => ({ kind: 'message', name: 'n', body: new Uint8Array(240) })),
    );
    expect(pair.sentFrames.length).toBe(2); // the first credit
    pair.run(11);
    const before = pair.sentFrames.length;
    pair.weather = { ...CALM, delayMs: [1, 1] };
    pair.run(20);
    expect(pair.sentFrames.length).toBeGreaterThan(before);
    expect(pair.maxInFlight).toBe(10);
  });
});

describe('backpressure', () => {
  it('stops the sender while nobody reads, without loss, and goes on when somebody does', () => {
    const pair = new LossyPair(4, CALM, { packetBytes: 256, queueBytes: 2000 });
    pair.isReading = false;
    sendAll(pair, numbered(2000));
    pair.run(10_000);
    const waiting = pair.undelivered;
    expect(waiting).toBeGreaterThan(0);
    expect(waiting).toBeLessThan(100);
    expect(pair.settled.size).toBeLessThanOrEqual(waiting);
    expect(pair.sender.snapshot().slots.every((slot) => slot.state === 'acknowledged')).toBe(true);
    pair.isReading = true;
    pair.read();
    pair.run();
    expect(numbersOf(pair.received)).toEqual(upTo(2000));
    expect(pair.settled.size).toBe(2000);
  });

  it('never times out on a reader that is slow but goes on, however long it takes', () => {
    const pair = new LossyPair(4, CALM, { packetBytes: 256, queueBytes: 2000, sendTimeoutMs: 5000 });
    pair.isReading = false;
    sendAll(pair, numbered(600));
    for (let second = 1; pair.received.length < 600 && second < 60; second++) {
      pair.run(second * 1000);
      pair.read(20);
    }
    pair.run();
    expect(numbersOf(pair.received)).toEqual(upTo(600));
    expect([...pair.settled.values()].every((failure) => failure === undefined)).toBe(true);
    expect(pair.nowMs).toBeGreaterThan(29_000);
  });

  it('survives the loss of the word to go on, by probing', () => {
    const pair = new LossyPair(4, CALM, { packetBytes: 256, queueBytes: 2000 });
    pair.isReading = false;
    sendAll(pair, numbered(1000));
    pair.run(3000);
    pair.isCut = true;
    pair.isReading = true;
    pair.read();
    pair.run(3500);
    pair.isCut = false;
    pair.run();
    expect(numbersOf(pair.received)).toEqual(upTo(1000));
  });

  it('sends hardly anything while it waits', () => {
    const pair = new LossyPair(4, CALM, { packetBytes: 256, queueBytes: 2000 });
    pair.isReading = false;
    sendAll(pair, numbered(1000));
    pair.run(5000);
    const before = pair.sentFrames.length;
    pair.run(65_000);
    const probes = pair.sentFrames.slice(before);
    expect(probes.length).toBeLessThanOrEqual(61);
    expect(Math.max(...probes.map((frame) => frame.length))).toBeLessThan(50);
  });

  it('in any weather and with a reader of any speed loses nothing', () => {
    fc.assert(
      fc.property(fc.nat(), weathers, fc.integer({ min: 1, max: 50 }), (seed, weather, perRead) => {
        const pair = new LossyPair(seed, weather, { packetBytes: 256, queueBytes: 1500 });
        pair.isReading = false;
        sendAll(pair, numbered(300));
        for (let second = 1; pair.received.length < 300 && second < 2000; second++) {
          pair.run(second * 300);
          pair.read(perRead);
        }
        pair.run();
        expect(numbersOf(pair.received)).toEqual(upTo(300));
        expect([...new Set(pair.settled.values())]).toEqual([undefined]);
        expect(pair.settled.size).toBe(300);
      }),
      { numRuns: 20, seed: 6 },
    );
  });
});

describe('every message settles', () => {
  it('as timed out when the target falls silent', () => {
    const pair = new LossyPair(1, CALM, { packetBytes: 256, sendTimeoutMs: 20_000 });
    pair.isCut = true;
    sendAll(pair, numbered(500));
    pair.run();
    expect(pair.settled.size).toBe(500);
    for (const failure of pair.settled.values()) expect(failure).toMatchObject({ reason: 'timed-out' });
    expect(pair.nowMs).toBeGreaterThanOrEqual(20_000);
  });

  it('as failed, queued or in flight, and the window works again afterwards', () => {
    const pair = new LossyPair(1, CALM, { packetBytes: 256 });
    sendAll(pair, numbered(500));
    pair.run(12);
    pair.sender.fail({ reason: 'left', because: 'the target left' });
    expect(pair.settled.size).toBe(500);
    const failures = [...pair.settled.values()].filter((failure) => failure !== undefined);
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toEqual({ reason: 'left', because: 'the target left' });
    const before = pair.received.length;
    pair.enqueue({ kind: 'message', name: 'n', body: encoder.encode('777') }, 9999);
    pair.pump();
    pair.run();
    expect(pair.settled.get(9999)).toBeUndefined();
    expect(pair.settled.has(9999)).toBe(true);
    expect(numbersOf(pair.received).slice(before)).toContain(777);
    expect(numbersOf(pair.received)).toEqual([...upTo(pair.received.length - 1), 777]);
  });

  it('in whatever weather, with the network cut and healed, and the receiver forgetting', () => {
    const acts = fc.array(
      fc.record({
        atMs: fc.integer({ min: 1, max: 90_000 }),
        act: fc.constantFrom(
          'cut' as const,
          'heal' as const,
          'forget' as const,
          'abort' as const,
          'send' as const,
        ),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.nat(), weathers, acts, (seed, weather, script) => {
        const pair = new LossyPair(seed, weather, { packetBytes: 256, sendTimeoutMs: 30_000 });
        sendAll(pair, numbered(200));
        let next = 200;
        for (const { atMs, act } of script.sort((a, b) => a.atMs - b.atMs)) {
          pair.run(atMs);
          if (act === 'cut') pair.isCut = true;
          if (act === 'heal') pair.isCut = false;
          if (act === 'forget') pair.forget();
          if (act === 'abort') pair.sender.fail({ reason: 'left', because: 'test' });
          if (act === 'send') {
            for (let i = 0; i < 20; i++, next++) {
              const body = encoder.encode(String(next));
              pair.enqueue({ kind: 'message', name: 'n', body }, next);
            }
            pair.pump();
          }
        }
        pair.run();
        expect(pair.settled.size).toBe(next);
        const delivered = numbersOf(pair.received);
        // What settled well was delivered; and while the receiver remembers, nothing twice and nothing out of order.
        const known = new Set(delivered);
        for (const [i, failure] of pair.settled) if (!failure) expect(known.has(i)).toBe(true);
        if (!script.some(({ act }) => act === 'forget')) {
          for (let i = 1; i < delivered.length; i++)
            expect(delivered[i]).toBeGreaterThan(delivered[i - 1] ?? -1);
        }
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});

describe('a message that is cancelled', () => {
  it('does not leave when it still waited', () => {
    const pair = new LossyPair(1, CALM, { packetBytes: 256 });
    const handles = numbered(500).map((message, i) => pair.enqueue(message, i));
    pair.pump();
    const last = handles[499];
    expect(last && pair.sender.cancel(last)).toBe(true);
    expect(last && pair.sender.cancel(last)).toBe(false);
    pair.run();
    expect(numbersOf(pair.received)).toEqual(upTo(499));
    expect(pair.settled.size).toBe(499);
  });

  it('stops in the middle, and the next one arrives', () => {
    const pair = new LossyPair(1, { loss: 0.1, duplication: 0.1, delayMs: [1, 20] });
    const big = pair.enqueue({ kind: 'message', name: 'big', body: new Uint8Array(16_000_000) }, 0);
    const [after] = numbered(1);
    if (after) pair.enqueue(after, 1);
    pair.pump();
    pair.run(200);
    expect(pair.sender.cancel(big)).toBe(true);
    pair.run();
    expect(numbersOf(pair.received)).toEqual([0]);
    expect([...pair.settled.keys()]).toEqual([1]);
    expect(pair.sender.snapshot()).toMatchObject({ queuedMessages: 0, queuedBytes: 0 });
    expect(pair.sentFrames.length).toBeLessThan(1000);
  });

  it('never settles again when its acknowledgement comes', () => {
    const pair = new LossyPair(1);
    const handle = pair.enqueue({ kind: 'message', name: 'n', body: new Uint8Array(9) }, 0);
    pair.pump();
    expect(pair.sender.cancel(handle)).toBe(true);
    pair.run();
    expect(pair.settled.size).toBe(0);
    expect(pair.sender.isIdle).toBe(true);
  });
});

describe('a receiver that lost its state', () => {
  it.each([true, false])(
    'is found out by a probe when nothing is under way to it (direct: %s)',
    (isDirect) => {
      const pair = new LossyPair(3, CALM, { roomBytes: 16 * 1024, isDirect });
      const [first, ...others] = numbered(4);
      pair.enqueue(first as MeshMessage, 0);
      pair.pump();
      pair.run(100); // it has no room for another packet: the others wait for credit
      pair.forget();
      pair.roomBytes = 1024 * 1024;
      for (const [i, message] of others.entries()) pair.enqueue(message, i + 1);
      pair.pump();
      pair.run(30_000);
      expect([...pair.settled]).toEqual(upTo(4).map((i) => [i, undefined]));
      expect(numbersOf(pair.received)).toEqual(upTo(4));
    },
  );

  it('refuses what it cannot place: what cannot have been delivered goes on under new numbers', () => {
    const pair = new LossyPair(1, CALM, { packetBytes: 256 });
    sendAll(pair, numbered(6000));
    pair.run(102);
    const before = pair.received.length;
    expect(before).toBeGreaterThan(200);
    pair.forget();
    pair.run();
    expect(pair.settled.size).toBe(6000);
    expect([...pair.settled.values()].every((failure) => failure === undefined)).toBe(true);
    expect(before).toBeLessThan(6000);
    expect(numbersOf(pair.received)).toEqual(upTo(6000));
  });
});
