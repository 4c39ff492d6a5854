import { expect, it } from 'vitest';
import type { JobId } from '../contract.ts';
import { Lots } from './lots.ts';

const job = (text: string): JobId => text.repeat(32) as JobId;
const draw = (secret: number, id: JobId, term: number, task: number, round: number): number =>
  new Lots(new Uint8Array(16).fill(secret), id).of(term, task, round).uint32();

it('a lot is the same for the same Job, term, Task and round, and another for every other secret', () => {
  expect(draw(1, job('a'), 2, 3, 4)).toBe(draw(1, job('a'), 2, 3, 4));
  const others = [
    draw(1, job('a'), 2, 3, 4),
    draw(2, job('a'), 2, 3, 4),
    draw(1, job('b'), 2, 3, 4),
    draw(1, job('a'), 3, 3, 4),
    draw(1, job('a'), 2, 4, 4),
    draw(1, job('a'), 2, 3, 5),
  ];
  expect(new Set(others).size).toBe(others.length);
});
