/** News of Jobs on real Nodes and Brokers, in virtual time. */
import { expect, it } from 'vitest';
import { farmTabs, submit } from '../../../sim/farm-tabs.testing.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { createBroker, PubSub } from '../../services/pubsub/index.ts';
import type { JobId } from '../contract.ts';
import type { JobRecord } from '../job-news.ts';
import { JobsMeanwhile } from '../jobs-meanwhile.ts';
import { announceJobs } from './announcer.ts';

quietVirtualTime();

it('whoever listens hears a Job once from its beginning to its end, though its coordinator dies on the way', async () => {
  const { mesh, add } = farmTabs(3);
  const tabs = [add(1), add(1), add(1)].map((tab) => {
    const { node, host: clock, random } = tab;
    const broker = createBroker({ node, clock, timers: clock, random });
    announceJobs({ farm: tab.farm, broker, clock });
    return { ...tab, pubsub: new PubSub({ broker, clock, timers: clock, random }) };
  });
  await mesh.meet();
  const [owner, , listener] = tabs;
  if (!owner || !listener) throw new Error('unreachable');
  const heard: { readonly what: string; readonly record: JobRecord }[] = [];
  const news = listener.pubsub.subscribe('leafcutter.job.*.*');
  void (async () => {
    for await (const m of news)
      heard.push({ what: m.subject.split('.').at(-1) ?? '', record: m.json() as JobRecord });
  })();
  await mesh.runFor(1000);
  const { id } = submit(owner, 400);
  await mesh.runUntil(() => heard.some(({ record }) => record.progress > 0.2));
  mesh.kill(owner.node.id);
  await mesh.runUntil(() => heard.some(({ what }) => what === 'done'));
  await mesh.runFor(5000);
  const said = heard.map(({ what }) => what);
  expect(said.filter((what) => what !== 'progress')).toEqual(['started', 'done']);
  expect(said.filter((what) => what === 'progress').length).toBeGreaterThan(2);
  expect(new Set(heard.map(({ record }) => record.job))).toEqual(new Set([id]));
  expect(new Set(heard.map(({ record }) => record.coordinator)).size).toBe(2);
  expect(heard.at(-1)?.record).toMatchObject({ state: 'done', progress: 1, title: expect.any(String) });
});

it('a Job that began and ended while the Broker was on its way is told of, and one that was over before is not', async () => {
  const { mesh, add } = farmTabs(3);
  const [owner, listener] = [add(1), add(1)];
  const brokerOf = ({ node, host, random }: typeof owner) =>
    createBroker({ node, clock: host, timers: host, random });
  const { host: clock, random } = listener;
  const pubsub = new PubSub({ broker: brokerOf(listener), clock, timers: clock, random });
  const heard: string[] = [];
  void (async () => {
    for await (const { subject } of pubsub.subscribe('leafcutter.job.*.*')) heard.push(subject);
  })();
  const { farm } = owner;
  const runOne = async (): Promise<JobId> => {
    const { id } = submit(owner, 2);
    await mesh.runUntil(() => farm.view(id)?.control.phase === 'done');
    return id;
  };
  await mesh.meet();
  await runOne();
  const meanwhile = new JobsMeanwhile(farm.jobs());
  farm.events.on('changed', ({ id }) => meanwhile.look(farm.view(id)));
  const id = await runOne();
  announceJobs({ farm, broker: brokerOf(owner), clock: owner.host, seen: meanwhile.views });
  await mesh.runFor(20_000);
  expect(heard).toEqual(['started', 'done'].map((what) => `leafcutter.job.${id}.${what}`));
});
