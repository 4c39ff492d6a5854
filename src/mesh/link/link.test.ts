import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeControl, encodeFrame, FrameType, type Lane } from '../../wire/index.ts';
import { LEAVE_MS, LINGER_MS } from './link.ts';
import { ALICE, BOB, bobOptions, converse, End, makeLife, meet } from './link-pair.testing.ts';

const CAROL = makeLife(31).id;
const frame = (bytes: number, fill = 0): Uint8Array =>
  encodeFrame({ type: FrameType.msg, source: ALICE, target: BOB }, new Uint8Array(bytes).fill(fill));
const fillsOf = (end: End): (number | undefined)[] => end.all('frame').map((effect) => effect.frame.at(-1));
const sendsOf = (end: End): Uint8Array[] => end.outbox.splice(0);

describe('an open Link', () => {
  it('carries frames of any size in order, and delivers them with their headers', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 60_000 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(sizes, (bodies) => {
        const [alice, bob] = meet();
        for (const [i, bytes] of bodies.entries()) {
          expect(alice.link.queue(frame(bytes, i), 'bulk', false)).toBe(true);
        }
        alice.flush();
        expect(alice.link.hasQueued).toBe(false);
        converse(alice, bob);
        const arrived = bob.all('frame');
        expect(arrived.length).toBe(bodies.length);
        for (const [i, effect] of arrived.entries()) {
          expect(Buffer.compare(effect.frame, frame(bodies[i] ?? 0, i))).toBe(0);
          expect(effect).toMatchObject({ via: ALICE, header: { source: ALICE, target: BOB } });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not keep a bundle alive for a small frame that it passes on', () => {
    const [alice] = meet();
    const bundle = new Uint8Array(16_000);
    bundle.set(frame(10), 100);
    alice.link.queue(bundle.subarray(100, 154), 'control', true);
    alice.flush();
    expect(sendsOf(alice)[0]?.buffer).not.toBe(bundle.buffer);
  });

  it('counts what passes', () => {
    const [alice, bob] = meet();
    const before = { out: alice.link.counters, in: bob.link.counters };
    alice.link.queue(frame(100), 'control', false);
    alice.link.queue(frame(100), 'bulk', true);
    expect(alice.link.counters.queuedBytes).toBe(288);
    expect(alice.link.queuedBytes('bulk')).toBe(144);
    alice.flush();
    const bytes = 1 + 2 * 146;
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

  it('tells when a lane that was full has room again', () => {
    const [alice] = meet();
    for (let i = 0; i < 10; i++) alice.link.queue(frame(20_000), 'broadcast', false);
    alice.flush(100_000);
    expect(alice.all('lane-free')).toEqual([]);
    alice.flush();
    expect(alice.all('lane-free')).toMatchObject([{ lane: 'broadcast' }]);
  });
});

describe('a Link that ends', () => {
  it('says goodbye, which the other side tells from a failure', () => {
    const [alice, bob] = meet();
    alice.perform(alice.link.leave('the tab closes', 100));
    converse(alice, bob);
    expect(bob.all('over')[0]?.reason).toMatch(/left/);
    expect(alice.isClosed).toBe(false);
    expect(alice.link.deadlineMs).toBe(100 + LINGER_MS);
    alice.perform(alice.link.onTime(100 + LINGER_MS));
    expect(alice.all('over')).toMatchObject([{ reason: 'the tab closes' }]);
    expect(alice.link.leave('again', 200)).toEqual([]);
  });

  it('sends what is queued before the goodbye, and takes nothing new', () => {
    const [alice, bob] = meet();
    for (let i = 1; i <= 5; i++) alice.link.queue(frame(50_000, i), 'bulk', false);
    alice.flush(110_000);
    alice.perform(alice.link.leave('enough', 100));
    expect(alice.link.queue(frame(10), 'control', false)).toBe(false);
    alice.flush(110_000);
    alice.flush(110_000);
    converse(alice, bob);
    expect(fillsOf(bob)).toEqual([1, 2, 3, 4, 5]);
    expect(bob.isClosed).toBe(true);
  });

  it('waits for a channel that does not drain only so long', () => {
    const [alice] = meet();
    alice.link.queue(frame(50_000), 'bulk', false);
    alice.perform(alice.link.leave('enough', 100));
    expect(alice.link.deadlineMs).toBe(100 + LEAVE_MS);
    alice.perform(alice.link.onTime(100 + LEAVE_MS));
    expect(alice.all('over')).toMatchObject([{ reason: 'enough' }]);
  });

  it('with a neighbour that is cut off says why instead of what is queued', () => {
    const [alice, bob] = meet();
    alice.link.queue(frame(50_000), 'bulk', false);
    alice.perform(alice.link.refuse({ reason: 'too-much' }, 'it floods', 100));
    alice.flush();
    converse(alice, bob);
    expect(fillsOf(bob)).toEqual([]);
    expect(bob.all('refused')).toEqual([{ type: 'refused', reason: 'too-much', where: 'there' }]);
    expect(bob.isClosed).toBe(true);
    expect(alice.link.deadlineMs).toBe(100 + LINGER_MS);
    alice.perform(alice.link.onTime(100 + LINGER_MS));
    expect(alice.all('over')).toMatchObject([{ reason: expect.stringMatching(/it floods/) }]);
  });

  it('tells the person when the other side refuses after all', () => {
    const [, bob] = meet();
    bob.receive(encodeFrame({ type: FrameType.refuse, source: ALICE }, encodeControl({ reason: 'full' })));
    expect(bob.all('refused')).toEqual([{ type: 'refused', reason: 'full', where: 'there' }]);
    expect(bob.isClosed).toBe(true);
  });

  it('refuses one that has proven itself before it answers', () => {
    const bob = new End(bobOptions());
    bob.perform(bob.link.start(0));
    const other = meet()[0];
    expect(other.link.isOpen).toBe(true);
    bob.perform(bob.link.refuse({ reason: 'full' }, 'no room', 5));
    expect(bob.all('refused')).toEqual([{ type: 'refused', reason: 'full', where: 'here' }]);
    expect(bob.link.accept()).toEqual([]);
    expect(bob.link.isOpen).toBe(false);
  });
});

describe('malformed input on an open Link', () => {
  it('is counted, logged once and dropped, and the Link lives on', () => {
    const [, bob] = meet();
    for (let i = 0; i < 5; i++) bob.receive(Uint8Array.of(1, 2, 3), i);
    bob.receive(frame(10, 9), 6);
    expect(bob.link.counters.malformed).toBe(5);
    expect(bob.all('log').length).toBe(1);
    expect(fillsOf(bob)).toEqual([9]);
  });

  it('is a word between neighbours, or a last word, in the name of another', () => {
    for (const type of [
      FrameType.network_state,
      FrameType.new_edge,
      FrameType.suspect,
      FrameType.ihave,
      FrameType.goodbye,
      FrameType.refuse,
    ]) {
      const [, bob] = meet();
      bob.receive(encodeFrame({ type, source: CAROL }, Uint8Array.of(0x80)));
      expect(bob.link.counters.malformed).toBe(1);
      expect(bob.all('frame')).toEqual([]);
      expect(bob.link.isOpen).toBe(true);
    }
  });

  it('is not what others have sent through the neighbour', () => {
    const [, bob] = meet();
    bob.receive(encodeFrame({ type: FrameType.msg, source: CAROL, target: BOB }, new Uint8Array(1)));
    bob.receive(encodeFrame({ type: FrameType.msg_broadcast, source: CAROL }, new Uint8Array(1)));
    expect(bob.all('frame').map(({ header }) => header.source)).toEqual([CAROL, CAROL]);
  });

  it('ends the Link when it keeps coming, also when it was found further up, and the other side hears why', () => {
    for (const isFoundAbove of [false, true]) {
      const [alice, bob] = meet();
      for (let i = 0; i < 100; i++) {
        if (isFoundAbove) bob.perform(bob.link.reportMalformed('a bad list', i));
        else bob.receive(Uint8Array.of(9), i);
      }
      expect(bob.all('refused')).toEqual([{ type: 'refused', reason: 'malformed', where: 'here' }]);
      expect(bob.link.isOpen).toBe(false);
      expect(bob.link.onMessage(frame(1), 200)).toEqual([]);
      converse(alice, bob);
      expect(alice.all('refused')).toEqual([{ type: 'refused', reason: 'malformed', where: 'there' }]);
      bob.perform(bob.link.onTime(100 + LINGER_MS));
      expect(bob.isClosed).toBe(true);
    }
  });

  it('does not add up over hours', () => {
    const [, bob] = meet();
    for (let i = 0; i < 200; i++) bob.receive(Uint8Array.of(9), i * 60_000);
    expect(bob.isClosed).toBe(false);
  });

  it('ends a bundle at its first break, with what came before delivered', () => {
    const [alice, bob] = meet();
    for (let i = 1; i <= 3; i++) alice.link.queue(frame(10, i), 'bulk', false);
    alice.flush();
    const [bundle] = sendsOf(alice);
    bob.receive(bundle?.subarray(0, -1) ?? new Uint8Array(), 1);
    expect(fillsOf(bob)).toEqual([1, 2]);
    expect(bob.link.counters.malformed).toBe(1);
  });

  it('never makes it throw, whole or as a damaged bundle', () => {
    const damage = fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(damage, fc.nat(700), fc.uint8Array({ maxLength: 300 }), (changes, length, noise) => {
        const [alice, bob] = meet();
        const lanes: readonly Lane[] = ['control', 'messages', 'broadcast', 'bulk'];
        for (let i = 0; i < 10; i++) alice.link.queue(frame(20, i), lanes[i % 4] ?? 'bulk', false);
        alice.flush();
        const bytes = sendsOf(alice)[0]?.slice(0, length) ?? new Uint8Array();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        bob.receive(bytes, 1);
        bob.receive(noise, 1);
        bob.receive(Uint8Array.of(0xb1, ...noise), 1);
      }),
      { numRuns: 300 },
    );
  });

  it('a proof that nobody asked for is malformed', () => {
    const [, bob] = meet();
    bob.receive(encodeFrame({ type: FrameType.auth, source: ALICE }, Uint8Array.of(0x80)), 1);
    expect(bob.link.counters.malformed).toBe(1);
    expect(bob.all('frame')).toEqual([]);
  });

  it('a hello begins another Link on the channel, which is for the owner to decide', () => {
    const [, bob] = meet();
    const hello = encodeFrame({ type: FrameType.hello, source: ALICE }, Uint8Array.of(0x80));
    bob.receive(hello, 1);
    expect(bob.all('begun-anew')).toEqual([{ type: 'begun-anew', bytes: hello }]);
    expect(bob.link.counters.malformed).toBe(0);
  });
});
