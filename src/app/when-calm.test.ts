import { expect, it } from 'vitest';
import { farmTabs, submit } from '../../sim/farm-tabs.testing.ts';
import { quietVirtualTime } from '../../sim/quiet-virtual-time.testing.ts';
import { announceJobs } from '../farm/index.news.ts';
import type { FarmEvents, JobId, JobPhase, JobRole, JobView } from '../farm/index.ts';
import type { Member, MeshEvents } from '../mesh/index.ts';
import { Emitter } from '../runtime/index.ts';
import { createBroker, PubSub } from '../services/pubsub/index.ts';
import { Scheduler } from '../transport/simulated/scheduler.ts';
import { CALM_MS, CROWDED_MS, whenCalm } from './when-calm.ts';

quietVirtualTime();

function setting() {
  const scheduler = new Scheduler();
  const events = new Emitter<MeshEvents>();
  let job: (Pick<JobView, 'role'> & { control: Pick<JobView['control'], 'phase'> }) | undefined;
  const farm = { events: new Emitter<FarmEvents>(), view: () => job as JobView | undefined };
  const calls: number[] = [];
  const end = whenCalm({ node: { events }, farm, timers: scheduler }, () => calls.push(scheduler.now()));
  const work = (role: JobRole, phase: JobPhase): void => {
    job = { role, control: { phase } };
    farm.events.emit('changed', { id: '0'.repeat(32) as JobId });
  };
  return { scheduler, calls, end, work, join: () => events.emit('joined', {} as Member) };
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

it('waits no longer once a Job of ours runs that others can be told of', async () => {
  const { scheduler, calls, join, work } = setting();
  work('coordinator', 'running'); // nobody is here
  join();
  work('member', 'running');
  work('coordinator', 'done');
  await scheduler.runFor(100);
  work('coordinator', 'running');
  work('coordinator', 'running');
  await scheduler.runFor(30_000);
  expect(calls).toEqual([100]);
});

it('keeps no news of a Job from those who are here: it is told of from its beginning to its end', async () => {
  const { mesh, add } = farmTabs(3);
  const [owner, listener] = [add(1), add(1)];
  const brokerOf = ({ node, host, random }: typeof owner) =>
    createBroker({ node, clock: host, timers: host, random });
  const { node, farm, host } = owner;
  whenCalm({ node, farm, timers: host }, () => announceJobs({ farm, broker: brokerOf(owner), clock: host }));
  const { host: clock, random } = listener;
  const pubsub = new PubSub({ broker: brokerOf(listener), clock, timers: clock, random });
  const heard: string[] = [];
  void (async () => {
    for await (const { subject } of pubsub.subscribe('leafcutter.job.*.*')) heard.push(subject);
  })();
  await mesh.meet();
  const { id } = submit(owner, 2);
  await mesh.runUntil(() => farm.view(id)?.control.phase === 'done');
  await mesh.runFor(20_000);
  expect(heard.filter((subject) => !subject.endsWith('progress'))).toEqual(
    ['started', 'done'].map((what) => `leafcutter.job.${id}.${what}`),
  );
});
