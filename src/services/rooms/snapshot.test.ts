/** A snapshot is taken in for what its bytes cost, once. */
import { afterEach, expect, it, vi } from 'vitest';
import { Fold } from './fold.ts';
import { fieldsReducer } from './reducers/fields.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts';
import type { RoomReducer } from './states.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('is taken in, and folded on, without any of its long texts being measured', () => {
  const state = { a: 'x'.repeat(5_000), b: { within: ['é'.repeat(5_000)] } };
  const bytes = encodeSnapshot({ state, closed: new Map(), members: new Map() });
  const encode = vi.spyOn(TextEncoder.prototype, 'encode');
  const snapshot = decodeSnapshot(bytes, 100_000);
  const reducer = fieldsReducer as unknown as RoomReducer;
  const fold = new Fold({ reducer, initial: snapshot?.state ?? null, maxBytes: 100_000 });
  expect(fold.state).toEqual(state);
  expect(encode).not.toHaveBeenCalled();
});

it('is none where its state is larger than the room allows', () => {
  const bytes = encodeSnapshot({ state: 'x'.repeat(5_000), closed: new Map(), members: new Map() });
  expect(decodeSnapshot(bytes, 5_000)).toBeUndefined();
  expect(decodeSnapshot(bytes, 5_003)?.state).toBe('x'.repeat(5_000));
});
