import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { breaksRing } from './follow-ring.ts';

/** By letters: `ab` is that a follows b. */
function whoBreaks(...arrows: readonly string[]): readonly string[] {
  const all = arrows.map((arrow) => ({ node: arrow[0] as NodeId, follows: arrow[1] ?? null }));
  return all.flatMap(({ node, follows }) =>
    follows &&
    breaksRing(
      node,
      follows as NodeId,
      all.filter((one) => one.node !== node),
    )
      ? [node]
      : [],
  );
}

describe('of those who follow each other', () => {
  it('one leaves the ring, the same for all', () => {
    expect(whoBreaks('ab', 'ba')).toEqual(['a']);
    expect(whoBreaks('bc', 'cd', 'db')).toEqual(['b']);
  });

  it('nobody leaves what is no ring, or whose ring they are not in', () => {
    expect(whoBreaks('ab', 'b', 'ca')).toEqual([]);
    expect(whoBreaks('ac', 'cd', 'dc')).toEqual(['c']);
    expect(whoBreaks('az')).toEqual([]);
  });
});
