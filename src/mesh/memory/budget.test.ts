import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { MemoryBudget } from './budget.ts';

const random = seededRandom(1);
const [ADA, BOB, EVE] = [newNodeId(random), newNodeId(random), newNodeId(random)];

describe('the memory that others may cost', () => {
  it('is an account for each and a common one; paying back makes room again', () => {
    const budget = new MemoryBudget(100, 1000);
    expect(budget.room(ADA)).toBe(100);
    budget.charge(ADA, 80);
    expect([budget.room(ADA), budget.used(ADA), budget.room(BOB), budget.total]).toEqual([20, 80, 100, 80]);
    budget.charge(ADA, 40);
    expect(budget.room(ADA)).toBe(0);
    budget.charge(ADA, -120);
    expect([budget.room(ADA), budget.total]).toEqual([100, 0]);
    expect(budget.accounts.size).toBe(0);
  });

  it('keeps an eighth of the common account for those who use little', () => {
    const budget = new MemoryBudget(800, 1600);
    budget.charge(ADA, 700);
    budget.charge(BOB, 690);
    expect(budget.room(ADA)).toBe(10); // 1,400 of the 1,600, less what is used
    expect(budget.room(EVE)).toBe(210);
    budget.charge(EVE, 50);
    expect(budget.room(EVE)).toBe(0);
  });
});
