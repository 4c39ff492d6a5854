import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { HIGH_WATER_BYTES } from '../../transport/index.ts';
import { encodeControl, encodeFrame, FrameType, newNodeId } from '../../wire/index.ts';
import { channelToKeep, LINGER_MS } from './index.ts';
import { ALICE, BOB, converse, type End, meet } from './link-pair.testing.ts';

fc.configureGlobal({ seed: 3 });

const frame = (bytes: number, fill = 0): Uint8Array =>
  encodeFrame({ type: FrameType.msg, source: ALICE, target: BOB }, new Uint8Array(bytes).fill(fill));
const fillsOf = (end: End): (number | undefined)[] => end.all('deliver').map((effect) => effect.frame.at(-1));

describe('an open Link', () => {
  it('carries frames of any size in order, and delivers them with their headers', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 60_000 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(sizes, (bodies) => {
        const [alice, bob] = meet();
        for (const [i, bytes] of bodies.entries())
          expect(alice.link.queue(frame(bytes, i), 'bulk')).toBe(true);
        while (alice.link.counters.queuedBytes > 0) alice.flush();
        converse(alice, bob);
        const arrived = bob.all('deliver');
        expect(arrived.length).toBe(bodies.length);
        for (const [i, effect] of arrived.entries()) {
          expect(Buffer.compare(effect.frame, frame(bodies[i] ?? 0, i))).toBe(0);
        }
        for (const effect of bob.all('deliver'))
          expect(effect.header).toMatchObject({ source: ALICE, target: BOB });
      }),
      { numRuns: 30 },
    );
  });

  it('sends control before bulk', () => {
    const [alice, bob] = meet();
    for (let i = 0; i < 20; i++) alice.link.queue(frame(20_000, 1), 'bulk');
    for (let i = 0; i < 5; i++) alice.link.queue(frame(10, 2), 'control');
    alice.flush();
    converse(alice, bob);
    expect(fillsOf(bob).slice(0, 6)).toEqual([2, 2, 2, 2, 2, 1]);
  });

  it('bundles small frames into messages of at most 16 KiB and sends a large one as it is', () => {
    const [alice] = meet();
    for (let i = 0; i < 1000; i++) alice.link.queue(frame(100), 'bulk');
    const large = frame(60_000);
    alice.link.queue(large, 'bulk');
    const messages = alice.link.flush(0);
    expect(messages.length).toBe(1 + Math.ceil((1000 * 144) / 16_383));
    expect(Math.max(...messages.slice(0, -1).map((message) => message.length))).toBeLessThanOrEqual(
      16 * 1024,
    );
    expect(messages.at(-1)).toBe(large);
  });

  it('stops at the channel’s high water, and goes on when it has drained', () => {
    const [alice] = meet();
    for (let i = 0; i < 40; i++) alice.link.queue(frame(16_384), 'bulk');
    const first = alice.link.flush(0);
    const sent = first.reduce((sum, message) => sum + message.length, 0);
    expect(sent).toBeGreaterThanOrEqual(HIGH_WATER_BYTES);
    expect(sent).toBeLessThan(HIGH_WATER_BYTES + 17_000);
    expect(alice.link.flush(sent)).toEqual([]);
    expect(alice.link.flush(0).length).toBe(first.length);
  });

  it('drops and counts what does not fit in its bounded lanes, each lane for itself', () => {
    const [alice] = meet();
    let taken = 0;
    while (taken < 10_000 && alice.link.queue(frame(50_000), 'bulk', true)) taken++;
    expect(taken).toBeGreaterThan(10);
    expect(taken * 50_000).toBeLessThan(5_000_000);
    expect(alice.link.queue(frame(10), 'control')).toBe(true);
    let small = 0;
    while (small < 1_000_000 && alice.link.queue(frame(0), 'control')) small++;
    expect(small).toBeLessThan(20_000);
    expect(alice.link.counters).toMatchObject({ relayed: taken, dropped: 2 });
  });

  it('does not keep a bundle alive for a small frame that it relays', () => {
    const [alice] = meet();
    const bundle = new Uint8Array(16_000);
    bundle.set(frame(10), 100);
    const view = bundle.subarray(100, 152);
    alice.link.queue(view, 'control', true);
    expect(alice.link.flush(0)[0]?.buffer).not.toBe(bundle.buffer);
  });

  it('counts what passes', () => {
    const [alice, bob] = meet();
    const before = { out: alice.link.counters, in: bob.link.counters };
    alice.link.queue(frame(100), 'control');
    alice.link.queue(frame(100), 'bulk', true);
    expect(alice.link.counters.queuedBytes).toBe(284);
    alice.flush();
    const bytes = 1 + 2 * 144;
    expect(alice.link.counters).toMatchObject({
      framesOut: before.out.framesOut + 2,
      bytesOut: before.out.bytesOut + bytes,
      relayed: 1,
      queuedBytes: 0,
    });
    converse(alice, bob);
    expect(bob.link.counters).toMatchObject({
      framesIn: before.in.framesIn + 2,
      bytesIn: before.in.bytesIn + bytes,
      malformed: 0,
    });
  });

  it('says goodbye, which the other side tells from a failure', () => {
    const [alice, bob] = meet();
    alice.perform(alice.link.leave('the tab closes', 100));
    converse(alice, bob);
    expect(bob.all('close')).toMatchObject([{ code: 'goodbye' }]);
    expect(alice.isClosed).toBe(false);
    alice.perform(alice.link.onTime(100 + LINGER_MS));
    expect(alice.all('close')).toMatchObject([{ code: 'closed-here', reason: 'the tab closes' }]);
    expect(alice.link.leave('again', 200)).toEqual([]);
  });
});

describe('malformed input on an open Link', () => {
  it('is counted, logged once and dropped, and the Link lives on', () => {
    const [, bob] = meet();
    for (let i = 0; i < 5; i++) bob.perform(bob.link.onMessage(Uint8Array.of(1, 2, 3), i));
    bob.perform(bob.link.onMessage(frame(10, 9), 6));
    expect(bob.link.counters.malformed).toBe(5);
    expect(bob.all('log').length).toBe(1);
    expect(fillsOf(bob)).toEqual([9]);
  });

  it('closes the Link when it keeps coming, also when it was found further up', () => {
    for (const isFoundAbove of [false, true]) {
      const [, bob] = meet();
      for (let i = 0; i < 100 && !bob.isClosed; i++) {
        bob.perform(
          isFoundAbove ? bob.link.reportMalformed('a bad list', i) : bob.link.onMessage(Uint8Array.of(9), i),
        );
      }
      expect(bob.all('close')).toMatchObject([{ code: 'malformed' }]);
      expect(bob.link.onMessage(frame(1), 200)).toEqual([]);
    }
  });

  it('does not add up over hours', () => {
    const [, bob] = meet();
    for (let i = 0; i < 200; i++) bob.perform(bob.link.onMessage(Uint8Array.of(9), i * 60_000));
    expect(bob.isClosed).toBe(false);
  });

  it('ends a bundle at its first break, with what came before delivered', () => {
    const [alice, bob] = meet();
    for (let i = 1; i <= 3; i++) alice.link.queue(frame(10, i), 'bulk');
    const [bundle] = alice.link.flush(0);
    bob.perform(bob.link.onMessage(bundle?.subarray(0, -1) ?? new Uint8Array(), 1));
    expect(fillsOf(bob)).toEqual([1, 2]);
    expect(bob.link.counters.malformed).toBe(1);
  });

  it('never makes it throw, whole or as a damaged bundle', () => {
    const damage = fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(damage, fc.nat(700), fc.uint8Array({ maxLength: 300 }), (changes, length, noise) => {
        const [alice, bob] = meet();
        for (let i = 0; i < 10; i++) alice.link.queue(frame(20, i), 'bulk');
        const bytes = alice.link.flush(0)[0]?.slice(0, length) ?? new Uint8Array();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        bob.perform(bob.link.onMessage(bytes, 1));
        if (!bob.isClosed) bob.perform(bob.link.onMessage(noise, 1));
        if (!bob.isClosed) bob.perform(bob.link.onMessage(Uint8Array.of(0xb1, ...noise), 1));
      }),
      { numRuns: 300 },
    );
  });

  it('tells the person when the other side refuses after all', () => {
    const [, bob] = meet();
    const refuse = encodeFrame(
      { type: FrameType.refuse, source: ALICE },
      encodeControl({ reason: 'wrong-key' }),
    );
    bob.perform(bob.link.onMessage(refuse, 1));
    expect(bob.all('refused')).toMatchObject([{ reason: 'wrong-key' }]);
    expect(bob.all('close')).toMatchObject([{ code: 'refused' }]);
  });

  it('a second handshake is malformed', () => {
    const [, bob] = meet();
    const hello = encodeFrame({ type: FrameType.hello, source: ALICE }, Uint8Array.of(0x80));
    bob.perform(bob.link.onMessage(hello, 1));
    expect(bob.link.counters.malformed).toBe(1);
    expect(bob.all('deliver')).toEqual([]);
  });
});

describe('two channels between the same Nodes', () => {
  it('lead both ends to the same choice when each opened one', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.boolean(), (seedA, seedB, alicesCameFirst) => {
        fc.pre(seedA !== seedB);
        const [a, b] = [newNodeId(seededRandom(seedA)), newNodeId(seededRandom(seedB))];
        // The two ends may see the channels open in either order.
        const keptBy = (self: typeof a, peer: typeof a, ownFirst: boolean): typeof a => {
          const [existing, newer] = [{ isInitiator: ownFirst }, { isInitiator: !ownFirst }];
          const kept = channelToKeep(self, peer, existing, newer) === 'existing' ? existing : newer;
          return kept.isInitiator ? self : peer;
        };
        const [lower] = [a, b].sort();
        expect(keptBy(a, b, alicesCameFirst)).toBe(lower);
        expect(keptBy(b, a, alicesCameFirst)).toBe(lower);
      }),
    );
  });

  it('leave the newer when the same Node opened both', () => {
    for (const isInitiator of [true, false]) {
      expect(channelToKeep(ALICE, BOB, { isInitiator }, { isInitiator })).toBe('newer');
    }
  });
});
