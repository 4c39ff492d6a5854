/** What happens when channels meet that were not meant for each other: two calls at once, returns, doubles, strangers. */
import { describe, expect, it } from 'vitest';
import { refuseFrame } from './handshake.ts';
import { HANDSHAKE_TIMEOUT_MS, LINGER_MS } from './link.ts';
import { makeLife } from './link-pair.testing.ts';
import { Net } from './links-net.testing.ts';
import { expectOneLink, HIGHER, LOWER, linked, two } from './links-net-pair.testing.ts';
import { MAX_STRANGERS } from './strangers.ts';

describe('two calls at the same moment', () => {
  it('end in one Link, the same at both ends, for any order of events, and mostly without a Link in between', () => {
    let flaps = 0;
    for (let seed = 0; seed < 300; seed++) {
      const both = two(seed);
      both.net.call(both.a, both.b);
      if (seed % 3 !== 0) both.net.run(seed % 90);
      both.net.call(both.b, both.a);
      both.net.run(LINGER_MS + 500); // and at once, not only when somebody has waited long enough
      const closed = [both.a, both.b].flatMap((node) => node.all('channel-close'));
      expect(closed.length).toBeGreaterThan(0);
      expectOneLink(both);
      flaps += both.a.all('link-down').length + both.b.all('link-down').length;
    }
    expect(flaps).toBeLessThan(60);
  });

  it('end in one Link when the call of the lower id never opens at the other end', () => {
    const { net, a, b } = two(5);
    net.openSilent(a, b.id, true);
    net.call(b, a);
    net.run(1000);
    expect(a.links.open.size).toBe(0); // its own call may still come through
    net.run(2000);
    expect([...b.links.open.keys()]).toEqual([a.id]);
    expect(a.lifeCycle).toEqual(['up']);
  });
});

describe('a peer that comes back', () => {
  it('while its old Link still looks open here gets a new Link: down, then up', () => {
    for (let seed = 0; seed < 20; seed++) {
      const both = linked(seed);
      const { net, a, b, pair } = both;
      net.run(30_000);
      const [leaver, stayer] = seed % 2 === 0 ? [a, b] : [b, a];
      net.forget(leaver, pair);
      net.call(leaver, stayer);
      net.run(3000);
      expect(stayer.lifeCycle).toEqual(['up', 'down', 'up']);
      expectOneLink(both);
    }
  });

  it('right after it left gets its Link in the end, however one-sided it left', () => {
    for (let seed = 0; seed < 20; seed++) {
      const both = linked(seed);
      const { net, a, b, pair } = both;
      const [leaver, stayer] = seed % 2 === 0 ? [a, b] : [b, a];
      net.forget(leaver, pair);
      for (let tries = 0; tries < 10 && leaver.links.open.size === 0; tries++) {
        net.call(leaver, stayer);
        net.run(1000);
      }
      expectOneLink(both);
    }
  });

  it('in a new life takes the place of the old one at once, and the old one does not get it back', () => {
    const { net, a, b } = linked();
    const reborn = net.add(makeLife(HIGHER.id === makeLife(2).id ? 2 : 1, 2_000_000));
    expect(reborn.id).toBe(b.id);
    net.call(reborn, a);
    net.run(1000);
    expect(a.lifeCycle).toEqual(['up', 'down', 'up']);
    expect(a.all('link-up').at(-1)?.identity.life).toBe(2_000_000);
    net.call(b, a);
    net.run(1000);
    expect(a.lifeCycle).toEqual(['up', 'down', 'up']);
    expect(b.all('refused').at(-1)).toMatchObject({ reason: 'duplicate' });
  });

  it('after a freeze of any length has one Link again', () => {
    for (const frozenMs of [100, 1_000, 5_400, 60_000]) {
      const both = linked(frozenMs);
      const { net, a, b } = both;
      b.isFrozen = true;
      net.run(frozenMs / 2);
      // The others have called it dead.
      net.tell(a, { type: 'close-link', peer: b.id, reason: 'silent' });
      net.run(frozenMs / 2);
      b.isFrozen = false;
      net.run(2000);
      expect(b.links.open.size).toBe(0);
      net.call(b, a);
      net.run(2000);
      expectOneLink(both);
    }
  });
});

describe('our own key', () => {
  it('in a newer life elsewhere closes this one, and never the other', () => {
    for (const isOlderCalling of [true, false]) {
      const net = new Net(7);
      const [older, newer] = [net.add(makeLife(4, 1_000)), net.add(makeLife(4, 2_000))];
      if (isOlderCalling) net.call(older, newer);
      else net.call(newer, older);
      net.run(2000);
      expect(older.all('replaced').length).toBe(1);
      expect(newer.all('replaced')).toEqual([]);
      expect([...older.lifeCycle, ...newer.lifeCycle]).toEqual([]);
    }
  });

  it.each([true, false])(
    'is shown the record of a newer life where it is refused (it calls: %s)',
    (isCalling) => {
      const net = new Net(7);
      const record = Uint8Array.of(1, 2, 3);
      const host = net.add(makeLife(5), { newestLife: () => 2_000, recordOf: () => record });
      const older = net.add(makeLife(4, 1_000));
      if (isCalling) net.call(older, host);
      else net.call(host, older);
      net.run(2000);
      expect(older.all('shown')).toEqual([{ type: 'shown', record }]);
      expect(older.all('refused')).toMatchObject([{ peer: host.id, reason: 'duplicate' }]);
      expect(host.all('shown')).toEqual([]);
    },
  );

  it('looks at nothing that a stranger who calls shows', () => {
    const { net, a } = two(13);
    const stranger = makeLife(2000);
    const channel = net.openSilent(a, stranger.id);
    const bytes = refuseFrame(stranger.id, { reason: 'duplicate', record: Uint8Array.of(1) });
    net.tell(a, { type: 'channel-message', channel, bytes });
    expect(a.all('refused')).toHaveLength(1);
    expect(a.all('shown')).toEqual([]);
  });

  it('is not believed from one that only borrows the id', () => {
    const net = new Net(8);
    const victim = net.add(LOWER);
    const mallory = net.add(makeLife(6));
    net.open(mallory, victim, victim.id);
    net.run(2000);
    expect(victim.all('replaced')).toEqual([]);
    expect(victim.lifeCycle).toEqual([]);
  });
});

describe('strangers', () => {
  it('by the thousand keep nobody out, count in no degree, and are no pending', () => {
    const net = new Net(9);
    const a = net.add(LOWER);
    const b = net.add(HIGHER);
    let open = 0;
    for (let i = 0; i < 1024; i++) {
      net.openSilent(a, makeLife(1000 + i).id);
      open = Math.max(open, i + 1 - a.all('channel-close').length);
    }
    expect(open).toBe(MAX_STRANGERS);
    expect(a.links.pending.size).toBe(0);
    net.run(1100);
    net.openSilent(a, makeLife(999).id); // in the place of the oldest
    expect(a.all('channel-close').length).toBe(1024 - MAX_STRANGERS + 1);
    net.call(b, a);
    net.run(1000);
    expect([...a.links.open.keys()]).toEqual([b.id]);
    expect(a.all('attempt-failed')).toEqual([]);
    net.run(HANDSHAKE_TIMEOUT_MS);
    expect(a.all('channel-close').length).toBe(1025);
  });

  it('that borrow a name and keep calling do not keep the true one out', () => {
    const { net, a, b } = two(10);
    for (let i = 0; i < 40; i++) {
      net.openSilent(a, b.id);
      net.run(100);
    }
    for (let tries = 0; tries < 30 && a.links.open.size === 0; tries++) {
      net.call(b, a);
      net.openSilent(a, b.id);
      net.run(200);
    }
    expect([...a.links.open.keys()]).toEqual([b.id]);
  });

  it('that are refused are told of only so often', () => {
    const { net, a } = two(11);
    for (let i = 0; i < 50; i++) {
      const channel = net.openSilent(a, makeLife(2000 + i).id);
      net.tell(a, { type: 'channel-message', channel, bytes: Uint8Array.of(1, 2, 3) });
    }
    expect(a.all('refused').length).toBeLessThanOrEqual(8);
    expect(a.all('refused').length).toBeGreaterThan(0);
  });

  it('cannot push out a Link, nor one that has proven itself', () => {
    const { net, a, b } = linked(12);
    for (let i = 0; i < 200; i++) net.openSilent(a, b.id);
    net.run(3000);
    expect(a.lifeCycle).toEqual(['up']);
  });
});
