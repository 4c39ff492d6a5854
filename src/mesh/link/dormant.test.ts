import { describe, expect, it } from 'vitest';
import { DORMANT_MS } from './link.ts';
import { makeLife } from './link-pair.testing.ts';
import { Net } from './links-net.testing.ts';
import { channelOf, expectOneLink, fillsAt, linked, message, queue } from './links-net-pair.testing.ts';

const REASON = 'it does not answer';

describe('a Link that fell silent', () => {
  it('is down at once, and its peer is neither pending nor told goodbye, nor is its channel closed', () => {
    const { net, a, b } = linked();
    b.isFrozen = true;
    net.run(3000);
    net.tell(a, { type: 'fell-silent', peer: b.id, reason: REASON });
    expect(a.all('link-down')).toMatchObject([{ peer: b.id, reason: REASON }]);
    expect(a.links.open.size + a.links.pending.size).toBe(0);
    expect(a.all('channel-close')).toEqual([]);
    net.run(DORMANT_MS - 10_000);
    expect(a.all('channel-close')).toEqual([]);
    expect(a.all('attempt-failed').concat(a.all('attempt-over') as never[])).toEqual([]);
  });

  it('comes up again on the same channel when the other end goes on, which had not missed anyone', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { net, a, b, ...rest } = linked(seed);
      const [silent, other] = seed % 2 === 0 ? [a, b] : [b, a];
      net.run(5000);
      other.isFrozen = true;
      net.run(3000);
      net.tell(silent, { type: 'fell-silent', peer: other.id, reason: REASON });
      net.run(25_000);
      other.isFrozen = false;
      net.run(1000);
      expect(silent.lifeCycle).toEqual(['up', 'down', 'up']);
      expect(other.lifeCycle).toEqual(['up', 'down', 'up']);
      expect(silent.all('link-up').map(({ link }) => link)).toEqual([1, 2]);
      expectOneLink({ net, a, b, ...rest });
    }
  });

  it('comes up again when both ends had called each other dead, in whatever order they hear of it', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { net, a, b, ...rest } = linked(seed);
      const events = [
        [a, { type: 'fell-silent', peer: b.id, reason: REASON }],
        [b, { type: 'fell-silent', peer: a.id, reason: REASON }],
      ] as const;
      for (const [node, event] of seed % 2 === 0 ? events : [...events].reverse()) {
        net.tell(node, event);
        net.run(seed);
      }
      net.run(1000);
      expectOneLink({ net, a, b, ...rest });
    }
  });

  it('leaves what was sent on the Link before out of the one that comes after', () => {
    const { net, a, b } = linked();
    b.isFrozen = true;
    net.tell(a, { type: 'fell-silent', peer: b.id, reason: REASON });
    net.run(1000);
    queue(net, b, a, message(b, a, 10, 3)); // before it hears that its Link is gone
    b.isFrozen = false;
    net.run(1000);
    expect(fillsAt(a)).toEqual([]);
    queue(net, b, a, message(b, a, 10, 4));
    net.run(100);
    expect(fillsAt(a)).toEqual([4]);
  });

  it('is given up when nothing has come from the other end for a minute, without a word to anyone', () => {
    const { net, a, b } = linked();
    b.isFrozen = true;
    net.tell(a, { type: 'fell-silent', peer: b.id, reason: REASON });
    net.run(DORMANT_MS + 1000);
    expect(a.all('channel-close')).toHaveLength(1);
    expect([...a.all('attempt-failed'), ...a.all('attempt-over')]).toEqual([]);
  });

  it('gives way to a channel that its peer opens meanwhile', () => {
    const { net, a, b, pair, ...rest } = linked();
    net.tell(a, { type: 'fell-silent', peer: b.id, reason: REASON });
    net.forget(b, pair);
    net.call(b, a);
    net.run(1000);
    expect(a.all('channel-close').map(({ channel }) => channel)).toEqual([channelOf(a, pair)]);
    expectOneLink({ net, a, b, ...rest });
  });

  it('takes no place of strangers, under its own id neither', () => {
    const { net, a, b, pair } = linked();
    net.tell(b, { type: 'fell-silent', peer: a.id, reason: REASON });
    const borrowed = Array.from({ length: 4 }, () => net.openSilent(b, a.id));
    net.run(100);
    const closed = b.all('channel-close').map(({ channel }) => channel);
    expect(closed.filter((channel) => borrowed.includes(channel) || channel === channelOf(b, pair))).toEqual(
      [],
    );
  });

  it('is one of eight at most: the one that has been silent for longest goes', () => {
    const net = new Net(3);
    const a = net.add(makeLife(1));
    const others = Array.from({ length: 10 }, (_, i) => net.add(makeLife(i + 2)));
    const pairs = others.map((other) => net.call(a, other));
    net.run(1000);
    for (const other of others) other.isFrozen = true;
    for (const other of others) {
      net.tell(a, { type: 'fell-silent', peer: other.id, reason: REASON });
      net.run(10);
    }
    const closed = a.all('channel-close').map(({ channel }) => channel);
    expect(closed).toEqual(pairs.slice(0, 2).map((pair) => channelOf(a, pair)));
    for (const other of others) other.isFrozen = false;
    net.run(1000);
    expect(a.links.open.size).toBe(8);
  });

  it('ends when the other end says goodbye', () => {
    const { net, a, b } = linked();
    b.isFrozen = true;
    net.tell(a, { type: 'fell-silent', peer: b.id, reason: REASON });
    net.tell(b, { type: 'close-link', peer: a.id, reason: 'the page closes' });
    net.run(1000);
    expect(a.links.open.size).toBe(0);
    expect(a.all('channel-close')).toHaveLength(1);
  });

  it('may be begun anew as often as an honest peer can call it dead, not more often', () => {
    const { net, a, b, ...rest } = linked();
    const anew = (): void => void net.tell(b, { type: 'fell-silent', peer: a.id, reason: REASON });
    for (let i = 0; i < 4; i++) {
      anew();
      net.run(200);
    }
    expectOneLink({ net, a, b, ...rest });
    const ups = a.all('link-up').length;
    for (let i = 0; i < 3; i++) {
      anew();
      net.run(200);
    }
    expect(a.all('link-up').length - ups).toBeLessThan(3);
    expect(a.all('log')).not.toEqual([]);
  });
});
