import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { Plain } from './contract.ts';
import { type LatestEffect, LatestState } from './latest.ts';
import type { LatestMessage } from './latest-messages.ts';

const random = seededRandom(1);
const [bob, eve] = [newNodeId(random), newNodeId(random)];
const rate = { updatesPerSecond: 50, bytesPerSecond: 256 * 1024 };
const credentials = { key: random.bytes(32), certificate: random.bytes(64) };
const cursor = { channel: 'cursors', key: 'mouse' };
const presence = { channel: '', key: '' };

const newState = (mayWrite = true) =>
  new LatestState({ rate, session: 1, credentials: () => credentials, mayWrite: () => mayWrite });
const spread = (effects: readonly LatestEffect[]) =>
  effects.flatMap((one) => (one.type === 'spread' ? one.message.entries.map(({ value }) => value) : []));
const message = (change: Partial<LatestMessage> = {}): LatestMessage => ({
  ...{ session: 7, credentials, entries: [], words: [] },
  ...change,
});
const one = (value: Plain | undefined, number: number, of = cursor) => ({ ...of, number, value });

function received(state: LatestState, open: LatestMessage | undefined, nowMs = 0): readonly LatestEffect[] {
  return state.handle({ type: 'received', from: bob, bytes: 100, open: () => open }, nowMs);
}

describe('what a Node shows', () => {
  it('goes at once, and then the newest when the last has left and its time has come', () => {
    const state = newState();
    state.handle({ type: 'peer', node: bob }, 0);
    expect(spread(state.set(cursor, 1, 0))).toEqual([1]);
    for (const value of [2, 3]) expect(spread(state.set(cursor, value, 10))).toEqual([]);
    expect(spread(state.handle({ type: 'wake' }, 60))).toEqual([]);
    expect(spread(state.handle({ type: 'sent' }, 70))).toEqual([3]);
    state.handle({ type: 'sent' }, 71);
    state.set(cursor, 4, 72);
    expect(state.nextWakeAt).toBe(120);
    expect(spread(state.handle({ type: 'wake' }, 120))).toEqual([4]);
  });

  it('is told in full to whom it meets, and once more to all when it could have been lost', () => {
    const state = newState();
    state.set(cursor, 1, 0);
    state.set(presence, 'me', 0);
    const [told] = state.handle({ type: 'peer', node: bob }, 0);
    expect(told).toMatchObject({
      type: 'tell',
      to: bob,
      message: { entries: [{ value: 1 }, { value: 'me' }] },
    });
    state.set(cursor, 2, 100);
    state.handle({ type: 'sent' }, 110);
    expect(state.nextWakeAt).toBe(5_100);
    expect(spread(state.handle({ type: 'wake' }, 5_100))).toEqual(['me', 2]);
    state.handle({ type: 'sent' }, 5_110);
    expect(state.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
  });

  it('is seen while it is here, and nothing of it after', () => {
    const state = newState();
    received(state, message({ entries: [one(1, 1)] }));
    expect(state.get(bob, cursor)).toBeUndefined();
    expect(state.handle({ type: 'peer', node: bob }, 0)).toContainEqual(
      expect.objectContaining({ type: 'set', node: bob, entry: one(1, 1) }),
    );
    expect(state.get(bob, cursor)).toBe(1);
    expect(state.handle({ type: 'left', node: bob }, 1)).toEqual([
      { type: 'set', node: bob, entry: one(undefined, 1) },
    ]);
    received(state, message({ entries: [one(2, 2)] }), 2);
    expect([state.get(bob, cursor), state.values]).toEqual([undefined, []]);
  });

  it('never goes back, whatever path an older value took, and however often the room is opened there (R8)', () => {
    const state = newState();
    state.handle({ type: 'peer', node: bob }, 0);
    const shown = (change: Partial<LatestMessage>) => {
      received(state, message(change));
      return state.get(bob, cursor);
    };
    expect(shown({ entries: [one(5, 5)] })).toBe(5);
    expect(shown({ entries: [one(4, 4)] })).toBe(5);
    expect(shown({ entries: [one(undefined, 6)] })).toBeUndefined();
    expect(shown({ entries: [one(5, 5)] })).toBeUndefined();
    expect(shown({ session: 8, entries: [one(1, 1)] })).toBe(1);
    expect(shown({ session: 7, entries: [one(9, 9)] })).toBe(1);
    expect(shown({ session: 9 })).toBeUndefined();
  });

  it('is what it was when another session begins with more than anybody may show: whoever follows it hears of all that goes', () => {
    const state = newState();
    state.handle({ type: 'peer', node: bob }, 0);
    received(state, message({ entries: [one(1, 1)] }));
    const tooMuch = one('x'.repeat(70_000), 1);
    expect(received(state, message({ session: 8, entries: [tooMuch] }))).toMatchObject([{ type: 'refused' }]);
    expect(state.get(bob, cursor)).toBe(1);
    expect(state.handle({ type: 'left', node: bob }, 1)).toMatchObject([{ type: 'set', node: bob }]);
  });

  it('is refused from a reader, but for its presence', () => {
    const state = newState(false);
    state.handle({ type: 'peer', node: bob }, 0);
    const refused = { type: 'refused', from: bob, reason: 'it says what only writers may say' };
    expect(received(state, message({ entries: [one(1, 1)] }))).toEqual([refused]);
    expect(received(state, message({ words: ['hi'] }))).toEqual([refused]);
    expect(
      received(state, message({ entries: [one('me', 1, presence)], credentials: undefined })),
    ).toHaveLength(1);
    expect(state.get(bob, presence)).toBe('me');
    expect(received(state, undefined)).toMatchObject([{ type: 'refused' }]);
  });

  it('is bounded, here and from others', () => {
    const state = newState();
    const set = (key: string, value: Plain | undefined) => state.set({ ...cursor, key }, value, 0);
    for (let i = 0; i < 256; i++) set(`${i}`, i);
    expect(() => set('more', 1)).toThrow('at most 256');
    for (let i = 0; i < 2_000; i++) {
      set('0', undefined);
      set('0', i);
    }
    set('0', undefined);
    expect(() => set('0', 'x'.repeat(64 * 1024))).toThrow('at most 65536');
    state.handle({ type: 'peer', node: bob }, 0);
    const many = Array.from({ length: 256 }, (_, i) =>
      one('x'.repeat(300), i + 1, { ...cursor, key: `${i}` }),
    );
    expect(received(state, message({ entries: many }))).toMatchObject([
      { type: 'refused', reason: 'it shows more than anybody may' },
    ]);
    expect(state.values.filter(([node]) => node === bob)).toEqual([]);
  });

  it('is not looked at when it comes faster than anybody may say it, but for the last of it', () => {
    const state = newState();
    for (const node of [bob, eve]) state.handle({ type: 'peer', node }, 0);
    const effects = Array.from({ length: 5_000 }, (_, i) =>
      received(state, message({ entries: [one(i, i + 1)] })),
    ).flat();
    expect(effects.filter(({ type }) => type === 'heldBack')).toEqual([{ type: 'heldBack', node: bob }]);
    expect(effects.filter(({ type }) => type === 'set').length).toBeLessThan(1_000);
    state.handle({ type: 'wake' }, state.nextWakeAt);
    expect(state.get(bob, cursor)).toBe(4_999);
  });

  it('is said once to whoever is here, not faster than the room allows', () => {
    const state = newState();
    expect(state.say('nobody hears it', 0)).toEqual([]);
    state.handle({ type: 'peer', node: bob }, 0);
    expect(state.say('hi', 0)).toMatchObject([{ type: 'spread', message: { words: ['hi'], credentials } }]);
    for (let i = 2; i < 50; i++) state.say(`${i}`, 0);
    expect(() => state.say('too much', 0)).toThrow('50 updates');
    expect(state.handle({ type: 'sent' }, 50)).toMatchObject([{ message: { words: { length: 48 } } }]);
    expect(received(state, message({ words: ['a', 'b'] }))).toEqual([
      { type: 'said', from: bob, word: 'a' },
      { type: 'said', from: bob, word: 'b' },
    ]);
  });
});
