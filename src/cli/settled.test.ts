import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Mesh, MeshEvents } from '../library/index.node.ts';
import { Emitter } from '../runtime/index.ts';
import { settled } from './settled.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What the test lets happen, and whether it has settled. */
function settling(signal = new AbortController().signal) {
  const events = new Emitter<MeshEvents>();
  const state = { isSettled: false, members: ['us', 'it'], table: [{ id: 'us', lastProofMs: 10 }] };
  const mesh = {
    on: events.on.bind(events),
    members: () => state.members.map((id) => ({ id, isNeighbour: id === 'it' })),
    node: { inspection: { table: async () => state.table } },
  } as unknown as Mesh;
  void settled(mesh, signal).then(() => {
    state.isSettled = true;
  });
  return { state, events };
}

it('is settled when the members have not changed for a moment', async () => {
  const { state, events } = settling();
  await vi.advanceTimersByTimeAsync(600);
  events.emit('membersChanged', undefined);
  await vi.advanceTimersByTimeAsync(600);
  expect(state.isSettled).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(state.isSettled).toBe(true);
  expect(events.hasListeners('membersChanged')).toBe(false);
});

it('does not wait for ever, nor for a person who does not', async () => {
  const { state, events } = settling();
  for (let ms = 0; ms < 10_000; ms += 500) {
    expect(state.isSettled).toBe(false);
    events.emit('membersChanged', undefined);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(state.isSettled).toBe(true);
  const abort = new AbortController();
  const stopped = settling(abort.signal);
  abort.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(stopped.state.isSettled).toBe(true);
});

it('waits for somebody whom a neighbour hears and we do not, but not for one who may be gone', async () => {
  const { state } = settling();
  state.table = [
    { id: 'late', lastProofMs: 200 },
    { id: 'gone', lastProofMs: 30_000 },
  ];
  await vi.advanceTimersByTimeAsync(2_000);
  expect(state.isSettled).toBe(false);
  state.members.push('late');
  await vi.advanceTimersByTimeAsync(700);
  expect(state.isSettled).toBe(true);
});

it('is held up ten seconds at most by a neighbour that always names somebody new', async () => {
  const { state } = settling();
  let asked = 0;
  Object.defineProperty(state, 'table', {
    get: () => Array.from({ length: 10_000 }, (_, i) => ({ id: `${asked++}-${i}`, lastProofMs: 1 })),
  });
  await vi.advanceTimersByTimeAsync(9_900);
  expect(state.isSettled).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(state.isSettled).toBe(true);
  expect(asked).toBeLessThan(20 * 10_000);
});
