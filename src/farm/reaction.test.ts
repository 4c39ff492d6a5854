import { describe, expect, it } from 'vitest';
import type { JobId } from './contract.ts';
import { Reaction } from './reaction.ts';

const [known, gone] = ['a', 'b'] as unknown as [JobId, JobId];
const isKnown = (id: JobId): boolean => id === known;

describe('a Reaction', () => {
  it('takes its steps in order, also those that a step adds', () => {
    const reaction = new Reaction();
    const said: string[] = [];
    reaction.later(() => {
      said.push('first');
      reaction.later(() => said.push('third'));
    });
    reaction.later(() => said.push('second'));
    reaction.end(isKnown);
    expect(said).toEqual(['first', 'second', 'third']);
  });

  it('tells once, in the end, what has changed, of Jobs that are still known, and begins anew', () => {
    const reaction = new Reaction();
    for (const id of [known, gone, known]) reaction.changed(id);
    reaction.later(() => reaction.add({ type: 'shut', id: gone }));
    expect(reaction.end(isKnown)).toEqual([
      { type: 'shut', id: gone },
      { type: 'changed', id: known },
    ]);
    expect(reaction.end(isKnown)).toEqual([]);
  });
});
