import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { RoutedPings } from './routed-pings.ts';

const random = seededRandom(1);
const [target, via, other] = [newNodeId(random), newNodeId(random), newNodeId(random)];

describe('routed pings', () => {
  it('are answered by their target with their bytes, once', () => {
    const pings = new RoutedPings(random);
    const { body } = pings.ping(target, via, 100);
    expect(pings.answered(other, body)).toBeUndefined();
    expect(pings.answered(target, new Uint8Array(8))).toBeUndefined();
    expect(pings.answered(target, body.slice(1))).toBeUndefined();
    expect(pings.answered(target, body)).toEqual({ target, via, askedAt: 100 });
    expect(pings.answered(target, body)).toBeUndefined();
  });

  it('are lost after three seconds, whatever fractions the clock has', () => {
    for (const at of [0, 0.1, 1 / 3, 1234.5678901234, 1e9 + 1 / 7]) {
      const pings = new RoutedPings(random);
      pings.ping(target, undefined, at);
      expect(pings.takeLost(at + 2999)).toEqual([]);
      expect(pings.takeLost(pings.nextWakeAt)).toHaveLength(1);
      expect(pings.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('are at most 256', () => {
    const pings = new RoutedPings(random);
    for (let i = 0; i < 1000; i++) pings.ping(target, undefined, 0);
    expect(pings.takeLost(5000)).toHaveLength(256);
  });
});
