import { describe, expect, it } from 'vitest';
import { seededRandom, systemClock, systemTimers, type Timers } from '../runtime/index.ts';
import { type BrokerVerb, pattern, type Subject, type SubscriptionId } from '../services/pubsub/index.ts';
import { brokerAlone } from './alone.ts';

/** Counts what is set and has neither fired nor been cancelled. */
function countedTimers(): { readonly timers: Timers; readonly pending: Set<object> } {
  const pending = new Set<object>();
  const timers: Timers = {
    after(delayMs, callback) {
      const one = {};
      pending.add(one);
      const cancel = systemTimers.after(delayMs, () => {
        pending.delete(one);
        callback();
      });
      return () => {
        pending.delete(one);
        cancel();
      };
    },
  };
  return { timers, pending };
}

describe('a network of one Node', () => {
  it('brings messages to its own clients, and leaves nothing running when it is closed', async () => {
    const { timers, pending } = countedTimers();
    const alone = brokerAlone({ clock: systemClock, timers, random: seededRandom(1), maxPayloadBytes: 1024 });
    const heard: BrokerVerb[] = [];
    const connection = alone.broker.connect({ hear: (verb) => void heard.push(verb) });
    connection.say({ type: 'connect', options: { name: '', echo: true, headers: true, noResponders: true } });
    const plain = { queue: undefined, ack: undefined, slow: undefined };
    connection.say({ type: 'sub', sid: '1' as SubscriptionId, pattern: pattern('a.*'), ...plain });
    const empty = { reply: undefined, headers: undefined, ack: undefined, payload: new Uint8Array(0) };
    connection.say({ type: 'pub', subject: 'a.b' as Subject, ...empty });
    expect(heard.map(({ type }) => type)).toEqual(['info', 'msg']);
    await expect.poll(() => pending.size).toBeGreaterThan(0);
    alone.close();
    expect(heard.at(-1)).toMatchObject({ type: 'close' });
    // Its goodbye first.
    await expect.poll(() => pending.size).toBe(0);
  });
});
