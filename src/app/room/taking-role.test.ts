import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { type RoleFacts, takesRole } from './taking-role.ts';

const [a, b] = ['a', 'b'] as [NodeId, NodeId];
const many: RoleFacts = { self: a, members: [b, a], finality: { type: 'none' }, open: 600 };
const final = { type: 'final', checkpoint: 1, updates: 5, by: b, next: b, breaks: [] } as const;

describe('the role of making checkpoints', () => {
  it('is taken by the first of those here, when much is open', () => {
    expect(takesRole(many)).toBe(true);
    expect(takesRole({ ...many, self: b })).toBe(false);
    expect(takesRole({ ...many, open: 5 })).toBe(false);
  });

  it('stays with whoever has it, as long as they are here', () => {
    expect(takesRole({ ...many, finality: final })).toBe(false);
    expect(takesRole({ ...many, members: [a], finality: final })).toBe(true);
  });
});
