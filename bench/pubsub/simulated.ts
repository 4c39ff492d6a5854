/** Brokers on real Nodes in virtual time: what a delivery costs the network, how soon one comes, and what an idle Broker sends. */
import { FarmWorld, type Tab } from '../../sim/farm-world.ts';
import { hashAtOnce } from '../../sim/hash-at-once.ts';
import type { TraceEntry } from '../../src/mesh/index.ts';
import { setLogSink } from '../../src/runtime/index.ts';
import { createBroker, PubSub } from '../../src/services/pubsub/index.ts';

export interface Delivering {
  readonly nodes: number;
  /** Nodes that have one; the others pass on what is not theirs. */
  readonly brokers: number;
  /** Broadcast frames that arrived at a Node, beyond the one that each Node gets: for each of those. */
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
  readonly brokers: number;
  /** Of one Node's Broker, with acknowledgements, over all its Links. */
  readonly bytesPerMinute: number;
}

interface Place extends Tab {
  readonly pubsub: PubSub;
}

interface SimulatedPlaces {
  readonly world: FarmWorld;
  /** Those without a Broker included. */
  readonly tabs: readonly Tab[];
  readonly places: readonly Place[];
}

const MESSAGES = 200;
const WARM_UP = 20;
const OWN_SUBJECTS = 20;
const IDLE_MINUTES = 4;
/** A Broker asks everyone whom it meets for its interest: a million questions among a thousand. From there on so many have one. */
const MANY_NODES = 1_000;
const BROKERS_OF_MANY = 32;
/** A thousand that come at once are a storm, of which nothing here is to be learned. */
const JOIN_APART_MS = 60;

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

async function network(count: number): Promise<SimulatedPlaces> {
  const world = new FarmWorld(1);
  const tabs: Tab[] = [];
  for (let i = 0; i < count; i++) {
    tabs.push(world.add());
    await world.runFor(JOIN_APART_MS);
  }
  await world.meet();
  await world.runFor(10_000);
  const brokers = count >= MANY_NODES ? BROKERS_OF_MANY : count;
  // Spread over those who came early and late.
  const places = Array.from({ length: brokers }, (_, i) => tabs[Math.floor((i * count) / brokers)])
    .filter((tab) => tab !== undefined)
    .map(openPlace);
  await world.runFor(10_000);
  return { world, tabs, places };
}

function openPlace(tab: Tab): Place {
  const { node, host: clock, random } = tab;
  const broker = createBroker({ node, clock, timers: clock, random });
  return { ...tab, pubsub: new PubSub({ broker, clock, timers: clock, random }) };
}

export async function measureDelivering(count: number): Promise<Delivering> {
  const { world, tabs, places } = await network(count);
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
  const offs = tabs.map(({ node }) =>
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
    brokers: places.length,
    redundantPerDelivery: arrivals / (MESSAGES * (tabs.length - 1)) - 1,
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
  return { nodes: count, brokers: places.length, bytesPerMinute: Math.round(bytes / IDLE_MINUTES) };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
