import { expect, it } from 'vitest';
import type { Member, MeshEvents } from '../mesh/index.ts';
import { Emitter } from '../runtime/index.ts';
import { Scheduler } from '../transport/simulated/scheduler.ts';
import { CALM_MS, CROWDED_MS, whenCalm } from './when-calm.ts';

function setting() {
  const scheduler = new Scheduler();
  const events = new Emitter<MeshEvents>();
  const calls: number[] = [];
  const end = whenCalm({ events }, scheduler, () => calls.push(scheduler.now()));
  return { scheduler, calls, end, join: () => events.emit('joined', {} as Member) };
}

it('waits for somebody, and then until nobody has come for a while', async () => {
  const { scheduler, calls, join } = setting();
  await scheduler.runFor(60_000);
  expect(calls).toEqual([]);
  join();
  await scheduler.runFor(1_000);
  join();
  await scheduler.runFor(30_000);
  join();
  await scheduler.runFor(30_000);
  expect(calls).toEqual([61_000 + CALM_MS]);
});

it('does not wait for ever where somebody comes all the time', async () => {
  const { scheduler, calls, join } = setting();
  for (let i = 0; i < 60; i++) {
    join();
    await scheduler.runFor(1_000);
  }
  expect(calls).toEqual([CROWDED_MS]);
});

it('is silent once it has ended', async () => {
  const { scheduler, calls, end, join } = setting();
  join();
  end();
  join();
  await scheduler.runFor(30_000);
  expect(calls).toEqual([]);
});
