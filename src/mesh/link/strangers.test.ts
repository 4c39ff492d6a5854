import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import {
  MAX_STRANGERS,
  MAX_STRANGERS_OF_ONE_ID,
  placeFor,
  STRANGER_GRACE_MS,
  type Stranger,
} from './strangers.ts';

const random = seededRandom(1);
const ids = Array.from({ length: MAX_STRANGERS }, () => newNodeId(random));
const newcomer = newNodeId(random);
const stranger = (peer: NodeId, openedAtMs: number, isEnding = false): Stranger => ({
  peer,
  openedAtMs,
  isEnding,
});
const everyone = (openedAtMs: number): Stranger[] => ids.map((id) => stranger(id, openedAtMs));

describe('the budget of strangers', () => {
  it('has room for so many at once', () => {
    expect(placeFor(newcomer, everyone(0).slice(1), 0)).toBeUndefined();
  });

  it('gives the place of the oldest to a newcomer, once it has had its time', () => {
    const all = everyone(0);
    expect(placeFor(newcomer, all, STRANGER_GRACE_MS - 1)).toBe('nobody');
    expect(placeFor(newcomer, all, STRANGER_GRACE_MS)).toBe(all[0]);
  });

  it('takes those first who have been told to go', () => {
    const all = everyone(0);
    const ending = stranger(ids[20] ?? newcomer, 0, true);
    all[20] = ending;
    expect(placeFor(newcomer, all, STRANGER_GRACE_MS)).toBe(ending);
    expect(placeFor(newcomer, all, 1)).toBe(ending);
  });

  it('has a few places only for one id, and never keeps the true one out for longer than their time', () => {
    const borrowed = Array.from({ length: MAX_STRANGERS_OF_ONE_ID }, (_, i) => stranger(newcomer, i));
    expect(placeFor(newcomer, borrowed, 10)).toBe('nobody');
    expect(placeFor(newcomer, borrowed, STRANGER_GRACE_MS)).toBe(borrowed[0]);
    const other = ids[0] ?? newcomer;
    expect(placeFor(other, borrowed, 10)).toBeUndefined();
  });
});
