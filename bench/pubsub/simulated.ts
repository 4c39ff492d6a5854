/** Brokers on real Nodes in virtual time: what a delivery costs the network, how soon one comes, and what an idle Broker sends. */
import { FarmWorld, type Tab } from '../../sim/farm-world.ts';
import { hashAtOnce } from '../../sim/hash-at-once.ts';
import type { TraceEntry } from '../../src/mesh/index.ts';
import { setLogSink } from '../../src/runtime/index.ts';
import { createBroker, PubSub } from '../../src/services/pubsub/index.ts';

export interface Delivering {
  readonly nodes: number;
  /** Broadcast frames that arrived somewhere, beyond one for each delivery. */
  readonly redundantPerDelivery: number;
  /** From `subscribe` to the first message, with the publisher publishing every millisecond; virtual ms, median of the Nodes. */
  readonly firstDeliveryMs: number;
  /** From `subscribe` to `ready`. */
  readonly readyMs: number;
  /** Of those published after `ready`. */
  readonly lostAfterReady: number;
}

export interface Idling {
  readonly nodes: number;
  /** Of one Node's Broker, with acknowledgements, over all its Links. */
  readonly bytesPerMinute: number;
}

interface Place extends Tab {
  readonly pubsub: PubSub;
}

const MESSAGES = 200;
const WARM_UP = 20;
const OWN_SUBJECTS = 20;
const IDLE_MINUTES = 4;

/** Nothing is logged, and nothing happens in real time. */
export async function inVirtualTime<T>(run: () => Promise<T>): Promise<T> {
  const undo = hashAtOnce();
  setLogSink(() => undefined);
  try {
    return await run();
  } finally {
    setLogSink(undefined);
    undo();
  }
}

async function network(count: number): Promise<{ world: FarmWorld; places: readonly Place[] }> {
  const world = new FarmWorld(1);
  const places = Array.from({ length: count }, (): Place => {
    const tab = world.add();
    const { node, host: clock, random } = tab;
    const broker = createBroker({ node, clock, timers: clock, random });
    return { ...tab, pubsub: new PubSub({ broker, clock, timers: clock, random }) };
  });
  await world.meet();
  await world.runFor(10_000);
  return { world, places };
}

export async function measureDelivering(count: number): Promise<Delivering> {
  const { world, places } = await network(count);
  const [publisher, ...others] = places;
  if (!publisher) throw new Error('no publisher');
  const firsts: number[] = [];
  const readies: number[] = [];
  const heard = others.map(() => new Set<string>());
  const startMs = world.now();
  let isSubscribing = true;
  for (const [i, { pubsub }] of others.entries()) {
    const subscription = pubsub.subscribe('bench');
    void subscription.ready.then(() => readies.push(world.now() - startMs));
    void (async () => {
      for await (const msg of subscription) {
        if (heard[i]?.size === 0) firsts.push(world.now() - startMs);
        heard[i]?.add(msg.string());
      }
    })();
  }
  for (let i = 0; isSubscribing; i++) {
    void publisher.pubsub.publish('bench', `early ${i}`);
    await world.runFor(1);
    isSubscribing = readies.length < others.length || firsts.length < others.length;
  }
  for (let i = 0; i < WARM_UP; i++) await publishOne(world, publisher, `warm ${i}`);
  await world.runFor(5_000);
  let arrivals = 0;
  const offs = places.map(({ node }) =>
    node.inspection.trace(({ direction, type }) => {
      if (direction === 'in' && type === 'msg_broadcast') arrivals++;
    }),
  );
  for (let i = 0; i < MESSAGES; i++) await publishOne(world, publisher, `late ${i}`);
  await world.runFor(5_000);
  for (const off of offs) off();
  const late = heard.reduce((sum, set) => sum + [...set].filter((text) => text.startsWith('late')).length, 0);
  return {
    nodes: count,
    redundantPerDelivery: (arrivals - late) / late,
    firstDeliveryMs: middle(firsts),
    readyMs: middle(readies),
    lostAfterReady: MESSAGES * others.length - late,
  };
}

/** Each alone in its frame. */
async function publishOne(world: FarmWorld, { pubsub }: Place, text: string): Promise<void> {
  void pubsub.publish('bench', text);
  await world.runFor(50);
}

export async function measureIdling(count: number): Promise<Idling> {
  const { world, places } = await network(count);
  for (const [i, { pubsub }] of places.entries()) {
    for (let j = 0; j < OWN_SUBJECTS; j++) pubsub.subscribe(`node${i}.subject${j}`);
  }
  await world.runFor(10_000);
  const [observed] = places;
  if (!observed) throw new Error('no Node');
  const { node } = observed;
  let bytes = 0;
  let broadcasts = 0;
  const off = node.inspection.trace((entry: TraceEntry) => {
    if (entry.direction !== 'out') return;
    if (entry.type === 'msg_broadcast' && entry.source === node.id) broadcasts++;
    if (entry.type === 'msg') bytes += entry.bytes;
  });
  await world.runFor(IDLE_MINUTES * 60_000);
  off();
  if (broadcasts > 0) throw new Error('an idle Broker has told something to all');
  return { nodes: count, bytesPerMinute: Math.round(bytes / IDLE_MINUTES) };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
