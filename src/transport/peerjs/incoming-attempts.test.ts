import { describe, expect, it } from 'vitest';
import { IncomingAttempts } from './incoming-attempts.ts';

function silentStrangers(count: number) {
  const timers: (() => void)[] = [];
  const attempts = new IncomingAttempts<{ fail(): void }>(32, {
    after: (_, callback) => {
      timers.push(callback);
      return () => timers.splice(timers.indexOf(callback), 1);
    },
  });
  const failed: number[] = [];
  const strangers = Array.from({ length: count }, (_, i) => ({ fail: () => failed.push(i) }));
  for (const stranger of strangers) attempts.add(stranger);
  return {
    attempts,
    failed,
    strangers,
    timers,
    graceEnds: () => timers.splice(0).forEach((end) => void end()),
  };
}

describe('connections that strangers have begun', () => {
  it('are let in while there are few', () => {
    const { attempts, failed } = silentStrangers(31);
    expect(attempts.makeRoom()).toBe(true);
    expect(failed).toEqual([]);
  });

  it('keep their place for a grace, however many wait', () => {
    const { attempts, failed } = silentStrangers(32);
    expect(attempts.makeRoom()).toBe(false);
    expect(failed).toEqual([]);
  });

  it('give way, the oldest first, when 32 of them have stayed silent', () => {
    const { attempts, failed, graceEnds } = silentStrangers(32);
    graceEnds();
    expect(attempts.makeRoom()).toBe(true);
    expect(attempts.makeRoom()).toBe(true);
    expect(failed).toEqual([0]);
    expect([...attempts].length).toBe(31);
  });

  it('leave no timer behind', () => {
    const { attempts, strangers, timers } = silentStrangers(3);
    const [first] = strangers;
    if (first) attempts.delete(first);
    expect(timers).toHaveLength(2);
    attempts.clear();
    expect(timers).toEqual([]);
    expect([...attempts]).toEqual([]);
  });
});
