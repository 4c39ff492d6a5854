import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { DATAGRAM_BYTES, encodeAck, parseDatagram } from './datagram.ts';
import { type HealthEffect, LinkHealth } from './link-health.ts';

const start = () => new LinkHealth(0, seededRandom(1));

/** Wakes the health whenever it is due until `untilMs`; answers when each state began. */
function run(
  health: LinkHealth,
  fromMs: number,
  untilMs: number,
  onWake?: (now: number, effects: HealthEffect[]) => void,
) {
  const changes: [string, number][] = [];
  for (
    let now = Math.max(fromMs, health.nextWakeAt);
    now <= untilMs;
    now = Math.max(now + 1, health.nextWakeAt)
  ) {
    const effects = health.wake(now);
    for (const effect of effects) if (effect.type === 'health-changed') changes.push([effect.health, now]);
    onWake?.(now, effects);
    if (health.health === 'dead') break;
  }
  return changes;
}

function datagramIn(effects: readonly HealthEffect[]): Uint8Array | undefined {
  for (const effect of effects) if (effect.type === 'datagram') return effect.bytes;
  return undefined;
}

describe('the health of a Link', () => {
  it('asks with 17 bytes, answers with the same nonce, and measures the round trip', () => {
    const [asker, answerer] = [start(), new LinkHealth(0, seededRandom(2))];
    const syn = datagramIn(asker.wake(0)) as Uint8Array;
    expect(syn).toHaveLength(DATAGRAM_BYTES);
    const ack = datagramIn(answerer.onDatagram(syn, 10)) as Uint8Array;
    expect(parseDatagram(ack)).toEqual({ kind: 'ack', nonce: parseDatagram(syn)?.nonce });
    expect(asker.onDatagram(ack, 24)).toEqual([{ type: 'rtt-changed', isUrgent: true }]);
    expect(asker.rttMs).toBe(24);
    expect(asker.onDatagram(ack, 30)).toEqual([]); // the second copy proves nothing
  });

  it('suspects a silent neighbour, asks through others, and declares it dead after about five seconds', () => {
    let askedOthers = 0;
    const changes = run(start(), 0, 10_000, (_, effects) => {
      if (effects.some((effect) => effect.type === 'probe-through-others')) askedOthers++;
    });
    expect(changes.map(([state]) => state)).toEqual(['suspected', 'dead']);
    expect(changes[0]?.[1]).toBe(2000);
    expect(changes[1]?.[1]).toBe(5000);
    expect(askedOthers).toBeGreaterThan(5);
  });

  it('declares it dead after 1.2 s when the rendezvous saw its socket die, though old frames still trickle in', () => {
    const health = start();
    run(health, 0, 900, () => health.heard());
    health.hint(1000);
    health.heard(); // was under way when it died
    const changes = run(health, 1000, 5000);
    expect(changes.at(-1)?.[0]).toBe('dead');
    expect(changes.at(-1)?.[1]).toBeLessThanOrEqual(2400);
  });

  it('shrugs at a hint when the neighbour answers', () => {
    const health = start();
    run(health, 0, 900, () => health.heard());
    health.hint(1000);
    expect(run(health, 1000, 8000, () => health.heard()).map(([state]) => state)).not.toContain('dead');
    expect(health.health).toBe('healthy');
  });

  it('takes any frame for life: a neighbour that answers no probe but sends now and then stays alive', () => {
    const health = start();
    const changes = run(health, 0, 60_000, (now) => {
      if (Math.floor(now / 1000) % 4 === 0) health.heard();
    });
    expect(changes.map(([state]) => state)).not.toContain('dead');
  });

  it('accuses nobody for the time it slept itself', () => {
    const health = start();
    run(health, 0, 900, () => health.heard());
    health.wake(31_000);
    expect(health.health).toBe('healthy');
  });

  it('still finds the dead when its timers come once a second', () => {
    const health = start();
    let now = 0;
    for (; health.health !== 'dead' && now < 60_000; now += 1000) health.wake(now);
    expect(now).toBeLessThan(20_000);
  });

  it('is patient with a silent Link whose neighbour answers through others, and calls it slow meanwhile', () => {
    const health = start();
    const changes = run(health, 0, 30_000, (now) => {
      if (now >= 2000) health.heardElsewhere(now);
      if (now === 4000) expect(health.rttMs).toBeGreaterThan(1000);
    });
    expect(changes.at(-1)).toEqual(['dead', 10_000]);
  });

  it('counts lost questions', () => {
    const health = start();
    for (let i = 0; i < 20; i++) {
      const now = i * 1000;
      const syn = datagramIn(health.wake(now)) as Uint8Array;
      health.heard();
      if (i % 2 === 0) health.onDatagram(encodeAck(syn), now + 5);
    }
    expect(health.loss).toBeGreaterThan(0.3);
    expect(health.loss).toBeLessThan(0.6);
  });

  it('ignores what is no health datagram', () => {
    expect(start().onDatagram(new Uint8Array(16), 0)).toEqual([]);
    expect(start().onDatagram(new Uint8Array(17), 0)).toEqual([]);
    expect(start().onDatagram(new Uint8Array(0), 0)).toEqual([]);
  });
});
