import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Mesh, MeshEvents } from '../library/index.node.ts';
import { Emitter } from '../runtime/index.ts';
import { settled } from './settled.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What the test lets happen, and whether it has settled. */
function settling(signal = new AbortController().signal) {
  const events = new Emitter<MeshEvents>();
  const mesh = { on: events.on.bind(events) } as unknown as Mesh;
  const state = { isSettled: false };
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
  for (let ms = 0; ms < 4_000; ms += 500) {
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
