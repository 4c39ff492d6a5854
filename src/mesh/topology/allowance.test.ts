import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { Allowance } from './allowance.ts';
import { NeighbourCosts } from './costs.ts';
import { TestNodes } from './nodes.testing.ts';

describe('an allowance', () => {
  it('is full at first, then as much as its rate', () => {
    const allowance = new Allowance(10, 2, 0);
    expect(allowance.take(10, 0)).toBe(true);
    expect(allowance.take(1, 499)).toBe(false);
    expect(allowance.take(1, 500)).toBe(true);
    expect(allowance.isFull(5499)).toBe(false);
    expect(allowance.isFull(5600)).toBe(true);
    expect(allowance.take(11, 1e9)).toBe(false);
  });

  it('does not grow when a clock goes back', () => {
    const allowance = new Allowance(10, 2, 1000);
    allowance.take(10, 1000);
    expect(allowance.take(1, 0)).toBe(false);
    expect(allowance.take(1, 1400)).toBe(false);
  });
});

describe('what neighbours may cost', () => {
  it('is counted for each, forgotten when it is paid back, and kept of 256 at most', () => {
    const nodes = new TestNodes();
    const costs = new NeighbourCosts();
    const [a, b] = nodes.lives(2).map(({ id }) => id) as [NodeId, NodeId];
    expect(costs.mayAnswer(a, 1024 * 1024, 0)).toBe(true);
    expect(costs.mayAnswer(a, 1, 0)).toBe(false);
    expect(costs.mayAnswer(b, 1, 0)).toBe(true);
    costs.forget(1000);
    expect(costs.mayAnswer(a, 10_000, 1000)).toBe(false);
    costs.forget(300_000);
    expect(costs.size).toBe(0);
    for (const { id } of nodes.lives(300)) costs.mayVerify(id, 0);
    expect(costs.size).toBe(256);
  });
});
