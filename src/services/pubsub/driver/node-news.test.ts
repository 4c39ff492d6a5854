/** What a Node tells its own clients of those who come and go. */
import { expect, it } from 'vitest';
import { FarmWorld } from '../../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { TestClient, text } from '../client.testing.ts';
import { jobSubject } from '../kept-subjects.ts';
import { subject } from '../subject.ts';
import { createBroker } from './broker.ts';
import { sayer } from './sayer.ts';

quietVirtualTime();

function place(world: FarmWorld) {
  const tab = world.add();
  const { node, host, random } = tab;
  const broker = createBroker({ node, clock: host, timers: host, random });
  return { ...tab, broker, client: new TestClient(broker) };
}

const said = (client: TestClient): string[] => client.messages.map(({ subject }) => subject);

it('each Node sees for itself who comes and goes, and says it to its own clients only', async () => {
  const world = new FarmWorld(1);
  const [a, b] = [place(world), place(world)];
  for (const { client } of [a, b]) client.sub('1', 'leafcutter.node.*.*');
  await world.meet();
  expect(said(a.client)).toEqual([`leafcutter.node.${b.node.id}.joined`]);
  expect(said(b.client)).toEqual([`leafcutter.node.${a.node.id}.joined`]);
  expect(a.client.messages[0]?.from).toBe(a.node.id);
  expect(JSON.parse(text(a.client.messages[0]?.payload ?? new Uint8Array()))).toMatchObject({
    id: b.node.id,
  });
  b.node.close();
  await world.runUntil(() => a.client.messages.length === 2);
  expect(said(a.client).at(-1)).toBe(`leafcutter.node.${b.node.id}.left`);
  expect(JSON.parse(a.client.payloads.at(-1) ?? '')).toMatchObject({
    id: b.node.id,
    reason: expect.any(String),
  });
});

it('nobody else is believed about who is here, and what is said of a Job goes to all', async () => {
  const world = new FarmWorld(2);
  const [a, b] = [place(world), place(world)];
  await world.meet();
  a.client.sub('1', 'leafcutter.>', { ack: 1 });
  await world.runUntil(() => a.client.outcome(1) !== undefined);
  const say = sayer(b.broker);
  say(subject(`leafcutter.node.${b.node.id}.left`), { id: b.node.id }, 'network');
  say(jobSubject('ab12', 'done'), { job: 'ab12' }, 'network');
  say(jobSubject('ab12', 'failed'), { job: 'ab12' }, 'node');
  await world.runUntil(() => a.client.messages.length > 0);
  expect(a.client.lines).toEqual(['1 leafcutter.job.ab12.done {"job":"ab12"}']);
  expect(a.broker.counters.malformed).toBe(1);
});
