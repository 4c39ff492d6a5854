import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import { descriptionFrom, named } from './description.ts';

const submitter = newNodeId(seededRandom(1));
const about = { kind: 'sum', title: 'x', taskCount: 3, spec: Uint8Array.of(1), submitter, submittedAtMs: 5 };

describe("a Job's name", () => {
  it('follows from everything that it is', () => {
    const { id } = named(about);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(named({ ...about }).id).toBe(id);
    const others = [
      { ...about, kind: 'sun' },
      { ...about, title: 'y' },
      { ...about, taskCount: 4 },
      { ...about, spec: Uint8Array.of(2) },
      { ...about, submitter: newNodeId(seededRandom(2)) },
      { ...about, submittedAtMs: 6 },
    ];
    expect(new Set([id, ...others.map((other) => named(other).id)]).size).toBe(7);
  });

  it('is given to nothing that is no Job', () => {
    const fields: readonly unknown[] = ['sum', 'x', 3, Uint8Array.of(1), submitter, 5];
    expect(descriptionFrom(fields)).toEqual(named(about));
    const bad: readonly (readonly [number, unknown])[] = [
      [0, ''],
      [0, 'k'.repeat(33)],
      [1, 'x'.repeat(201)],
      [1, null],
      [2, 0],
      [2, 1.5],
      [2, 2 ** 32],
      [3, 'spec'],
      [3, new Uint8Array(12 * 1024 + 1)],
      [4, 'somebody'],
      [5, -1],
      [5, Number.NaN],
    ];
    for (const [at, value] of bad) expect(descriptionFrom(fields.with(at, value))).toBeUndefined();
  });
});
