/** What the bench calls in each of its tabs: the same messages by unicast and by publish and subscribe. */

import type { MeshNode, MeshStream } from '../../src/mesh/index.ts';
import {
  systemClock as clock,
  systemRandom as random,
  systemTimers as timers,
} from '../../src/runtime/index.ts';
import { createBroker, PubSub, type Subscription } from '../../src/services/pubsub/index.ts';
import { benchNode, untilMembers } from '../common/bench-node.ts';
import { sendMany } from '../common/send-many.ts';
import { BENCH_DONE, BENCH_NETWORK, BENCH_SUBJECT } from './names.ts';

export type Way = 'unicast' | 'pubsub';

interface PubSubPage {
  /** Resolves when so many others are there. */
  connect(port: number, others: number): Promise<void>;
  /** Resolves when so many others are there. */
  meet(others: number): Promise<void>;
  /** Gets what is published. Resolves when all know of it. */
  subscribe(): Promise<void>;
  /** Milliseconds until each of so many receivers has them all. */
  send(way: Way, bytes: number, count: number, receivers: number): Promise<number>;
}

declare global {
  interface Window {
    pubsub: PubSubPage;
  }
}

/** Published in one turn: what leaves in one turn has one signature, up to 60 KiB. */
const BATCH = 512;

let current: { readonly pubsub: PubSub; readonly node: MeshNode; readonly stream: MeshStream } | undefined;
let done: Subscription | undefined;

function connected() {
  if (!current) throw new Error('the mesh is not connected');
  return current;
}

window.pubsub = {
  async connect(port, others) {
    const node = benchNode(port, BENCH_NETWORK);
    const broker = createBroker({ node, clock, timers, random });
    const stream = node.stream('bench');
    stream.receive('bench', () => undefined);
    current = { pubsub: new PubSub({ broker, clock, timers, random }), node, stream };
    await untilMembers(node, () => node.members().length > others);
  },
  async meet(others) {
    const { node } = connected();
    await untilMembers(node, () => node.members().length > others);
  },
  async subscribe() {
    const { pubsub } = connected();
    const subscription = pubsub.subscribe(BENCH_SUBJECT);
    await subscription.ready;
    void (async () => {
      for await (const msg of subscription) {
        // The last one asks whether all have come.
        if (msg.reply !== '') msg.respond();
      }
    })();
  },
  async send(way, bytes, count, receivers) {
    const { node, pubsub, stream } = connected();
    if (way === 'unicast') {
      const other = node
        .members()
        .find(({ isNeighbour, attributes }) => isNeighbour && attributes['deviceName'] === 'bench');
      if (!other) throw new Error('nobody to send to');
      const startMs = performance.now();
      await sendMany(stream, other.id, bytes, count);
      return performance.now() - startMs;
    }
    done ??= pubsub.subscribe(BENCH_DONE);
    await done.ready;
    const payload = new Uint8Array(bytes);
    const startMs = performance.now();
    for (let i = 1; i < count; i++) {
      const room = pubsub.publish(BENCH_SUBJECT, payload);
      if (i % BATCH === 0) await room;
    }
    void pubsub.publish(BENCH_SUBJECT, payload, { reply: BENCH_DONE });
    for (let heard = 0; heard < receivers; heard++) await done.next();
    return performance.now() - startMs;
  },
};
