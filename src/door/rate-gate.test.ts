import { describe, expect, it } from 'vitest';
import { HOLD_MS, NO_RATE, RateGate } from './rate-gate.ts';

/** Publishes as fast as it is let, for so long; answers with how many passed and how many were refused. */
function push(
  gate: RateGate,
  fromMs: number,
  untilMs: number,
  bytes = 100,
): { passed: number; refused: number } {
  let now = fromMs;
  let passed = 0;
  let refused = 0;
  while (now < untilMs) {
    const admission = gate.admit(bytes, now);
    if (admission.type === 'now') passed++;
    else if (admission.type === 'wait') now = admission.untilMs;
    else {
      refused++;
      now++;
    }
  }
  return { passed, refused };
}

describe('the gate of rates', () => {
  it('is no gate without a rate', () => {
    const gate = new RateGate(NO_RATE);
    for (let index = 0; index < 1000; index++) expect(gate.admit(1e9, 0)).toEqual({ type: 'now' });
  });

  it('lets a second of messages through at once, and then as many as its rate says', () => {
    const gate = new RateGate({ messagesPerSecond: 50, bytesPerSecond: undefined });
    const { passed, refused } = push(gate, 0, 4_000);
    expect(passed).toBeGreaterThanOrEqual(248);
    expect(passed).toBeLessThanOrEqual(251);
    expect(refused).toBe(0);
  });

  it('counts bytes, and lets one message that is larger than a second pass', () => {
    const gate = new RateGate({ messagesPerSecond: undefined, bytesPerSecond: 1000 });
    expect(gate.admit(3000, 0)).toEqual({ type: 'now' });
    expect(gate.admit(1, 0)).toEqual({ type: 'wait', untilMs: 2001 });
    expect(gate.admit(1, 2001)).toEqual({ type: 'now' });
  });

  it('refuses, with the number, who pushes on for five seconds, and forgets it after a pause', () => {
    const gate = new RateGate({ messagesPerSecond: 10, bytesPerSecond: undefined });
    expect(push(gate, 0, HOLD_MS - 200).refused).toBe(0);
    expect(push(gate, HOLD_MS, HOLD_MS + 1000).refused).toBeGreaterThan(500);
    gate.admit(1, HOLD_MS + 1001);
    expect(gate.admit(1, HOLD_MS + 1001)).toEqual({ type: 'refused', rate: '10 messages/s' });
    expect(push(gate, HOLD_MS + 3000, HOLD_MS + 5000).refused).toBe(0);
  });
});
