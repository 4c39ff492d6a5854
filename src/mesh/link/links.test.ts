import { describe, expect, it } from 'vitest';
import { HIGH_WATER_BYTES } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { NO_EFFECTS, WAKE } from '../protocol.ts';
import { CALL_GUARD_MS } from './calls.ts';
import { HANDSHAKE_TIMEOUT_MS, LINGER_MS } from './link.ts';
import { makeLife, OTHER_KEY } from './link-pair.testing.ts';
import { Net } from './links-net.testing.ts';
import {
  channelOf,
  expectOneLink,
  fillsAt,
  HIGHER,
  LOWER,
  linked,
  message,
  queue,
  two,
} from './links-net-pair.testing.ts';

describe('Links', () => {
  it('come up at both ends of a call, with who is there', () => {
    const { a, b, ...rest } = linked();
    for (const [node, other] of [
      [a, b],
      [b, a],
    ] as const) {
      expect(node.all('link-up')).toMatchObject([
        { peer: other.id, isInitiator: node === a, identity: { id: other.id, life: other.own.life } },
      ]);
    }
    expectOneLink({ a, b, ...rest });
  });

  it('carry what one turn has queued with the next wake, and ask for it', () => {
    const { net, a, b } = linked();
    expect(a.links.nextWakeAt).toBeGreaterThan(net.now);
    const sent = a.all('channel-send').length;
    for (let i = 0; i < 10; i++) expect(queue(net, a, b, message(a, b, 10, i))).toBe(NO_EFFECTS);
    expect(a.links.nextWakeAt).toBeLessThanOrEqual(net.now);
    expect(a.all('channel-send').length).toBe(sent);
    net.tell(a, WAKE);
    expect(a.all('channel-send').length).toBe(sent + 1);
    expect(a.links.nextWakeAt).toBeGreaterThan(net.now);
    net.run(100);
    expect(fillsAt(b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    net.tell(a, WAKE);
    expect(a.all('channel-send').length).toBe(sent + 1);
  });

  it('keep no more than the high water in a channel, and go on as it drains', () => {
    const { net, a, b, pair } = linked();
    const channel = channelOf(a, pair);
    for (let i = 0; i < 20; i++)
      a.links.handle(
        { type: 'queue', to: b.id, frame: message(a, b, 60_000, i), lane: 'bulk', isTransit: false },
        net.now,
      );
    const bytesOf = (effects: readonly { readonly type: string; readonly bytes?: Uint8Array }[]): number =>
      effects.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
    const first = bytesOf(a.links.handle(WAKE, net.now));
    expect(first).toBeGreaterThan(HIGH_WATER_BYTES - 61_000);
    expect(first).toBeLessThanOrEqual(HIGH_WATER_BYTES);
    // What was sent counts until the channel says otherwise.
    a.links.handle(
      { type: 'queue', to: b.id, frame: message(a, b), lane: 'bulk', isTransit: false },
      net.now,
    );
    expect(a.links.handle(WAKE, net.now)).toBe(NO_EFFECTS);
    const half = a.links.handle(
      { type: 'channel-fill', channel, bufferedBytes: HIGH_WATER_BYTES / 2 },
      net.now,
    );
    expect(bytesOf(half)).toBeGreaterThan(60_000);
    expect(bytesOf(half)).toBeLessThanOrEqual(HIGH_WATER_BYTES / 2);
    expect(a.links.snapshot()[0]?.queuedBytes).toBeGreaterThan(HIGH_WATER_BYTES - 61_000);
    expect(a.links.open.get(b.id)?.queuedBytes('bulk')).toBe(13 * 60_044 + 54);
  });

  it('drop frames of others when their lane is full or their Link gone, say so, and say when there is room', () => {
    const { net, a, b, pair } = linked();
    const frame = message(b, b, 60_000);
    const transit = { type: 'queue', to: b.id, frame, lane: 'broadcast', isTransit: true } as const;
    let effects = a.links.handle(transit, net.now);
    for (let i = 0; i < 100 && effects.length === 0; i++) effects = a.links.handle(transit, net.now);
    expect(effects).toEqual([{ type: 'queue-full', to: b.id, frame, lane: 'broadcast' }]);
    const freed: unknown[] = [];
    for (let i = 0; i < 100; i++) {
      const drained = a.links.handle(
        { type: 'channel-fill', channel: channelOf(a, pair), bufferedBytes: 0 },
        net.now,
      );
      freed.push(...drained.filter(({ type }) => type === 'lane-free'));
    }
    expect(freed).toEqual([{ type: 'lane-free', peer: b.id, lane: 'broadcast' }]);
    net.tell(a, { type: 'close-link', peer: b.id, reason: 'over' });
    expect(a.links.handle(transit, net.now)).toMatchObject([{ type: 'queue-full' }]);
    expect(a.links.handle({ ...transit, isTransit: false }, net.now)).toBe(NO_EFFECTS);
  });

  it('carry datagrams of Links that are up, and of no stranger', () => {
    const { net, a, b, pair } = linked();
    net.tell(a, { type: 'send-datagram', to: b.id, bytes: Uint8Array.of(1, 2) });
    net.run(100);
    expect(b.all('datagram')).toEqual([{ type: 'datagram', via: a.id, bytes: Uint8Array.of(1, 2) }]);
    const stranger = net.openSilent(b, makeLife(9).id);
    net.tell(b, { type: 'channel-datagram', channel: stranger, bytes: Uint8Array.of(1) });
    expect(b.all('datagram').length).toBe(1);
    net.tell(b, { type: 'channel-closed', channel: channelOf(b, pair), reason: 'cut' });
    net.tell(b, { type: 'send-datagram', to: a.id, bytes: Uint8Array.of(3) });
    expect(b.all('channel-datagram')).toEqual([]);
  });

  it('go down with the reason and the time they lived, when the channel closes or the other says goodbye', () => {
    const cut = linked();
    cut.net.run(4000);
    cut.net.forget(cut.a, cut.pair);
    expect(cut.a.all('link-down')).toMatchObject([{ peer: cut.b.id, reason: 'forgotten' }]);
    expect(cut.a.all('link-down')[0]?.livedMs).toBeGreaterThan(4000);

    const { net, a, b } = linked();
    queue(net, a, b, message(a, b, 10, 7));
    net.tell(a, { type: 'close-link', peer: b.id, reason: 'enough' });
    expect(a.all('link-down')).toMatchObject([{ reason: 'enough' }]);
    expect([...a.links.pending]).toEqual([b.id]);
    net.run(LINGER_MS + 200);
    expect(fillsAt(b)).toEqual([7]); // what was queued left first
    expect(b.all('link-down')).toMatchObject([{ reason: 'the other side left' }]);
    expect(a.links.pending.size + b.links.pending.size).toBe(0);
    expect(a.all('attempt-over')).toMatchObject([{ peer: b.id }]);
  });

  it('say goodbye to everybody at the end', () => {
    const { net, a, b } = linked();
    const c = net.add(makeLife(3));
    net.call(c, a);
    net.run(1000);
    expect(a.links.open.size).toBe(2);
    net.tell(a, { type: 'close-all', reason: 'the page closes' });
    expect(a.links.open.size).toBe(0);
    net.run(1000);
    expect([b.lifeCycle, c.lifeCycle]).toEqual([
      ['up', 'down'],
      ['up', 'down'],
    ]);
  });

  it('let a neighbour go that keeps sending what no honest one sends, also when it is seen further up', () => {
    const { net, a, b } = linked();
    for (let i = 0; i < 20; i++) net.tell(a, { type: 'malformed', peer: b.id, what: 'a bad list' });
    expect(a.all('link-down')).toMatchObject([{ reason: expect.stringMatching(/malformed/) }]);
    expect(a.all('refused')).toMatchObject([{ peer: b.id, reason: 'malformed' }]);
    expect(a.all('log').map(({ text }) => text)).toEqual([
      expect.stringMatching(/malformed frame: a bad list/),
      expect.stringMatching(/cut off: keeps sending malformed frames/),
    ]);
    expect(a.links.isCutOff(b.id, net.now + 29_000)).toBe(true);
    net.run(1000);
    expect(b.all('channel-close').length).toBe(1);
    expect(b.lifeCycle).toEqual(['up', 'down']);
    expect(b.all('refused')).toMatchObject([{ peer: a.id, reason: 'malformed' }]);
  });
});

describe('a call', () => {
  it('counts as pending until it opens, fails, or has taken too long', () => {
    const { net, a, b } = two();
    net.tell(a, { type: 'connecting', peer: b.id });
    expect([...a.links.pending]).toEqual([b.id]);
    net.tell(a, { type: 'connect-failed', peer: b.id, reason: 'away' });
    expect(a.links.pending.size).toBe(0);
    expect(a.all('attempt-failed')).toEqual([{ type: 'attempt-failed', peer: b.id }]);
    net.tell(a, { type: 'connect-failed', peer: b.id, reason: 'again' });
    net.tell(a, { type: 'connecting', peer: b.id });
    net.run(CALL_GUARD_MS);
    expect(a.links.pending.size).toBe(0);
    expect(a.all('attempt-failed').length).toBe(2);
  });

  it('is over when the Link is there, whoever opened it', () => {
    const { net, a, b } = two();
    net.tell(a, { type: 'connecting', peer: b.id });
    net.call(b, a);
    net.run(1000);
    net.tell(a, { type: 'close-link', peer: b.id, reason: 'enough' });
    net.run(1000);
    expect(a.links.pending.size).toBe(0);
    net.run(CALL_GUARD_MS);
    expect(a.all('attempt-failed')).toEqual([]);
  });

  it('that crossed theirs is over when the channel that they opened in its place comes to nothing', () => {
    const net = new Net(4);
    const a = net.add(LOWER);
    const b = net.add(HIGHER, { mayAccept: () => false });
    net.tell(b, { type: 'connecting', peer: a.id });
    net.call(a, b);
    net.run(LINGER_MS + 1000);
    expect(b.links.pending.size).toBe(0);
    expect(b.all('attempt-over')).toEqual([{ type: 'attempt-over', peer: a.id }]);

    net.tell(b, { type: 'connecting', peer: a.id });
    const channel = net.openSilent(b, a.id);
    net.tell(b, { type: 'channel-closed', channel, reason: 'the page was reloaded' });
    expect(b.links.pending.size).toBe(0);
    expect(b.all('attempt-failed')).toEqual([{ type: 'attempt-failed', peer: a.id }]);

    net.tell(b, { type: 'cut-off', peer: a.id, why: 'too-much', reason: 'costs too much' });
    net.tell(b, { type: 'connecting', peer: a.id });
    net.openSilent(b, a.id);
    expect(b.links.pending.size).toBe(0);
    expect(b.all('attempt-failed').length).toBe(2);
  });

  it('to a greater id is not over when a channel of theirs comes to nothing', () => {
    const { net, a, b } = two();
    net.tell(a, { type: 'connecting', peer: b.id });
    const channel = net.openSilent(a, b.id);
    net.tell(a, { type: 'channel-closed', channel, reason: 'closed there' });
    expect([...a.links.pending]).toEqual([b.id]);
    expect(a.all('attempt-failed')).toEqual([]);
  });

  it('that nobody answers fails in time', () => {
    const { net, a, b } = two();
    const mute = net.add(makeLife(5));
    mute.isFrozen = true;
    net.tell(a, { type: 'connecting', peer: b.id });
    net.open(a, mute, a.id);
    net.run(HANDSHAKE_TIMEOUT_MS + 1000);
    expect(a.all('channel-close').length).toBe(1);
    expect(a.all('attempt-failed')).toMatchObject([{ peer: mute.id }]);
  });

  it('is refused with the same words at both ends when the keys differ', () => {
    const net = new Net(3);
    const a = net.add(LOWER);
    const b = net.add(HIGHER, { networkKey: OTHER_KEY });
    net.call(a, b);
    net.run(2000);
    for (const node of [a, b]) {
      expect(node.all('refused')).toMatchObject([{ reason: 'wrong-key' }]);
      expect(node.all('refused')[0]?.message).toMatch(/same invite link/);
      expect(node.lifeCycle).toEqual([]);
      expect(node.links.pending.size).toBe(0);
    }
  });

  it('is refused at both ends when one page is of another version, and both are told to reload', () => {
    const net = new Net(3);
    const a = net.add(LOWER);
    const newer = net.add(HIGHER, { versionsAhead: 1 });
    net.call(a, newer);
    net.run(2000);
    for (const node of [a, newer]) {
      expect(node.all('refused')).toMatchObject([{ reason: 'version' }]);
      expect(node.all('refused')[0]?.message).toMatch(/another version of Leafcutter: reload both pages/);
      expect(node.lifeCycle).toEqual([]);
      expect(node.links.pending.size).toBe(0);
    }
  });

  it('is refused as full before the caller has taken it for a Link, and strangers are never asked about', () => {
    const net = new Net(4);
    const a = net.add(LOWER);
    const asked: [NodeId, number][] = [];
    const b = net.add(HIGHER, {
      mayAccept: (peer, degree) => {
        asked.push([peer, degree]);
        return degree < 1;
      },
    });
    const c = net.add(makeLife(3));
    net.call(c, b);
    for (let i = 0; i < 10; i++) net.openSilent(b, makeLife(100 + i).id);
    net.run(1000);
    net.call(a, b);
    net.run(2000);
    expect(asked).toEqual([
      [c.id, 0],
      [a.id, 1],
    ]);
    expect(a.all('refused')).toMatchObject([{ reason: 'full', peer: b.id }]);
    expect(a.lifeCycle).toEqual([]);
    expect(b.all('refused')).toEqual([]);
    expect(a.all('attempt-over')).toMatchObject([{ peer: b.id }]);
  });

  it('to one that was cut off comes to nothing while the cut lasts, and both ends are told why', () => {
    const { net, a, b } = linked();
    const reason = 'costs too much';
    net.tell(a, { type: 'cut-off', peer: b.id, why: 'too-much', reason });
    net.run(1000);
    expect(a.all('link-down')).toMatchObject([{ reason }]);
    expect(a.all('refused')).toMatchObject([{ peer: b.id, reason: 'too-much' }]);
    expect(b.all('refused')).toMatchObject([{ peer: a.id, reason: 'too-much' }]);
    expect(a.all('refused')[0]?.message).not.toBe(b.all('refused')[0]?.message);
    net.call(b, a);
    net.run(1000);
    expect(a.all('link-up').length).toBe(1);
    expect(b.links.open.size).toBe(0);
    net.run(30_000);
    net.call(b, a);
    net.run(1000);
    expect(a.all('link-up').length).toBe(2);
  });
});

describe('a pause', () => {
  it('lets nothing leave, not even a handshake or a datagram, and loses no frame', () => {
    const { net, a, b } = linked(13);
    net.tell(a, { type: 'pause', isPaused: true });
    expect(a.links.isPaused).toBe(true);
    const sent = a.all('channel-send').length;
    for (let i = 0; i < 5; i++) queue(net, a, b, message(a, b, 10, i));
    net.tell(a, { type: 'send-datagram', to: b.id, bytes: Uint8Array.of(1) });
    const c = net.add(makeLife(3));
    net.call(c, a);
    net.run(500);
    expect(a.links.nextWakeAt).toBeGreaterThan(net.now);
    expect(a.all('channel-send').length).toBe(sent);
    expect(a.all('channel-datagram')).toEqual([]);
    net.tell(a, { type: 'pause', isPaused: false });
    net.run(1000);
    expect(fillsAt(b)).toEqual([0, 1, 2, 3, 4]);
    expect(a.links.open.has(c.id)).toBe(true);
  });
});

describe('any bytes', () => {
  it('from strangers and neighbours never make it throw', () => {
    const { net, a, b, pair } = linked(14);
    for (let i = 0; i < 2000; i++) {
      const bytes = net.random.bytes(net.random.uint32() % 120);
      if (i % 3 === 0) bytes[0] = 2;
      if (i % 7 === 0) bytes[0] = 0xb1;
      net.tell(a, { type: 'channel-message', channel: channelOf(a, pair), bytes });
      const stranger = net.openSilent(a, makeLife(i).id);
      net.tell(a, { type: 'channel-message', channel: stranger, bytes });
      net.tell(a, { type: 'channel-datagram', channel: stranger, bytes });
    }
    expect(b.links.open.size).toBeLessThanOrEqual(1);
  });
});
