/**
 * One publisher and several subscribers, ours beside @libp2p/gossipsub, in one process: headless Nodes over WebRTC, and as many of libp2p over
 * TCP. Ours encrypts and signs what several want; gossipsub here does neither. One thread has all of both, so messages a second are what a
 * message costs all of them together.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServerInChild } from '../../signaling/child-process.ts';
import { joinNetwork, newNetwork } from '../../src/library/index.node.ts';
import { openPubSub, type PubSub, type Subscription } from '../../src/library/index.pubsub.ts';
import { median, medianRatio, quartiles, ratioText, rotated, rounded } from '../common/statistics.ts';

export interface SeveralNetwork {
  /** Of messages, that have arrived anywhere. */
  copies(): number;
  /** Of the Node with that number; 0 publishes. Resolves when it is known to hold, at once where nobody knows. */
  subscribe(index: number, subject: string, onMessage: (bytes: Uint8Array) => void): Promise<unknown>;
  publish(subject: string, bytes: Uint8Array): Promise<unknown>;
  /** One more Node, that subscribes as soon as it can. */
  join(subject: string, onMessage: () => void): Promise<Newcomer>;
  close(): Promise<void>;
}

interface Newcomer {
  unsubscribe(): void;
  subscribe(onMessage: () => void): void;
  close(): Promise<unknown>;
}

const WAYS = ['ours', 'gossipsub'] as const;
type Way = (typeof WAYS)[number];

/** To all Nodes together. */
const DELIVERIES = 16_000;
const MESSAGE_BYTES = 100;
/** Published in one turn, then waited for. */
const BATCH = 200;
const ALONE = 100;
const ALONE_MS = 10;
const FIRST_EVERY_MS = 5;
/** So many subscribe one after the other. */
const FIRSTS = 7;
const NEWCOMERS = 3;
/** Between the end of a subscription and the next to the same. */
const AGAIN_MS = 500;
const FIRST_LONGEST_MS = 10_000;
const REST_MS = 3_000;
/** Without any: what has not come is lost. */
const SILENCE_MS = 10_000;
const FOLDER = new URL('../gossipsub/', import.meta.url);

const FIGURES = [
  ['perSecond', '100 B messages/s, published to all others'],
  ['cpuMs', 'processor ms of all Nodes for 1,000 of those'],
  ['redundant', 'copies for each delivery beyond the one'],
  ['firstMs', 'subscribe to first delivery, all linked long ago, ms'],
  ['newcomerMs', 'a newcomer, from joining to first delivery, ms'],
  ['againMs', `the same one subscribes again after ${AGAIN_MS} ms, ms`],
  ['lost', 'lost'],
] as const;
type Figures = Record<(typeof FIGURES)[number][0], number>;

export interface SeveralRow {
  readonly nodes: number;
  readonly text: string;
  readonly ours: number;
  readonly gossipsub: number;
  readonly ratio: number;
  readonly quartiles: readonly [number, number];
}

/** Undefined where gossipsub is not installed. */
export async function measureSeveral(
  nodes: number,
  rounds: number,
): Promise<readonly SeveralRow[] | undefined> {
  if (!existsSync(new URL('node_modules', FOLDER))) return undefined;
  const all: Record<Way, Figures[]> = { ours: [], gossipsub: [] };
  const other = await gossipsubNetwork(nodes);
  const server = await startServerInChild();
  const networks: Record<Way, SeveralNetwork> = {
    ours: await ourNetwork(`http://127.0.0.1:${server.port}/`, nodes),
    gossipsub: other,
  };
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const way of rotated(WAYS, round)) {
        const figures = await measureOne(networks[way], nodes, round);
        if (round > 0) all[way].push(figures);
      }
    }
  } finally {
    for (const way of WAYS) await networks[way].close();
    await server.kill();
  }
  return FIGURES.map(([figure, text]) => {
    const [ours, gossipsub] = WAYS.map((way) => all[way].map((figures) => figures[figure]));
    if (!ours || !gossipsub) throw new Error('unreachable');
    return {
      ...{ nodes, text, ours: rounded(median(ours), 3), gossipsub: rounded(median(gossipsub), 3) },
      ...{ ratio: rounded(medianRatio(ours, gossipsub), 3), quartiles: quartiles(ours, gossipsub) },
    };
  });
}

export function severalLines(several: readonly SeveralRow[] | undefined): string[] {
  if (!several) return ['beside gossipsub it was not measured: npm install --prefix bench/gossipsub'];
  const width = Math.max(...FIGURES.map(([, text]) => text.length));
  return [
    `${'in one process'.padEnd(width + 10)}${'ours'.padStart(12)}${'gossipsub'.padStart(14)}   x gossipsub`,
    ...several.map(
      ({ nodes, text, ours, gossipsub, ratio, quartiles: between }) =>
        `${String(nodes).padStart(2)} Nodes: ${text.padEnd(width)}${shown(ours).padStart(12)}${shown(gossipsub).padStart(14)}   ${isRatio(ours, gossipsub) ? ratioText(ratio, between) : '-'}`,
    ),
  ];
}

const isRatio = (ours: number, gossipsub: number): boolean =>
  Number.isFinite(ours) && Number.isFinite(gossipsub) && gossipsub > 0;

function shown(value: number): string {
  if (Number.isNaN(value)) return 'none came';
  if (!Number.isFinite(value)) return `not in ${FIRST_LONGEST_MS / 1_000} s`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

async function gossipsubNetwork(count: number): Promise<SeveralNetwork> {
  const path = fileURLToPath(new URL('network.mjs', FOLDER));
  const { openNetwork }: { openNetwork(nodes: number): Promise<SeveralNetwork> } = await import(
    /* @vite-ignore */ path
  );
  return openNetwork(count);
}

async function ourNetwork(signaling: string, count: number): Promise<SeveralNetwork> {
  const network = newNetwork();
  const listen = (client: PubSub, subject: string, onMessage: (bytes: Uint8Array) => void): Subscription => {
    const subscription = client.subscribe(subject);
    void (async () => {
      for await (const msg of subscription) onMessage(msg.data);
    })();
    return subscription;
  };
  const meshes = await Promise.all(Array.from({ length: count }, () => joinNetwork(network, { signaling })));
  const clients = meshes.map((mesh) => openPubSub(mesh));
  let copies = 0;
  for (const { node } of meshes) {
    node.inspection.trace(({ direction, type }) => {
      if (direction === 'in' && type === 'msg_broadcast') copies++;
    });
  }
  const [publisher] = clients;
  if (!publisher) throw new Error('no publisher');
  while (meshes.some((mesh) => mesh.members().length < count)) await pause(100);
  return {
    copies: () => copies,
    async subscribe(index, subject, onMessage) {
      const client = clients[index];
      if (client) await listen(client, subject, onMessage).ready;
    },
    publish: (subject, bytes) => publisher.publish(subject, bytes),
    async join(subject, onMessage) {
      const mesh = await joinNetwork(network, { signaling });
      const client = openPubSub(mesh);
      let subscription = listen(client, subject, onMessage);
      return {
        unsubscribe: () => subscription.unsubscribe(),
        subscribe(next) {
          subscription = listen(client, subject, next);
        },
        close: () => mesh.close(),
      };
    },
    async close() {
      await Promise.all(meshes.map((mesh) => mesh.close()));
    },
  };
}

/** Each round has subjects of its own: what came late in one is of no concern to the next. */
async function measureOne(network: SeveralNetwork, nodes: number, round: number): Promise<Figures> {
  const messages = Math.ceil(DELIVERIES / nodes / BATCH) * BATCH;
  const receivers = nodes - 1;
  const subject = `bench.${round}`;
  const heard = await listen(network, nodes, subject);
  await pause(REST_MS);
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  for (let sent = 0; sent < messages; sent += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, () => network.publish(subject, newMessage())));
  }
  const ms = (await lastComes(heard, messages * receivers)) - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  await pause(REST_MS);
  const lost = messages * receivers - heard();
  return {
    perSecond: ((messages - lost / receivers) * 1_000) / ms,
    cpuMs: (user + system) / messages,
    redundant: await redundantCopies(network, subject, heard),
    firstMs: await firstDelivery(network, `first.${round}`),
    ...(await newcomers(network, subject)),
    lost,
  };
}

/** @returns how many have come to all of them */
async function listen(network: SeveralNetwork, count: number, subject: string): Promise<() => number> {
  let heard = 0;
  const subscribing = Array.from({ length: count - 1 }, (_, i) =>
    network
      .subscribe(i + 1, subject, () => {
        heard++;
      })
      // Where it does not hold in time, what is lost for it is counted.
      .catch(() => undefined),
  );
  await Promise.all(subscribing);
  return () => heard;
}

/** When the last of them has come, or the last before a silence, as performance.now(). */
async function lastComes(heard: () => number, expected: number): Promise<number> {
  let [before, atMs] = [heard(), performance.now()];
  while (before < expected && performance.now() - atMs < SILENCE_MS) {
    await pause(2);
    if (heard() > before) [before, atMs] = [heard(), performance.now()];
  }
  return atMs;
}

/** For each delivery. Ours packs what leaves in one turn: these leave alone. */
async function redundantCopies(
  network: SeveralNetwork,
  subject: string,
  heard: () => number,
): Promise<number> {
  const before = { copies: network.copies(), heard: heard() };
  for (let i = 0; i < ALONE; i++) {
    await network.publish(subject, newMessage());
    await pause(ALONE_MS);
  }
  await pause(REST_MS);
  const delivered = heard() - before.heard;
  return (network.copies() - before.copies - delivered) / delivered;
}

/** One Node after the other subscribes; the median of them. */
async function firstDelivery(network: SeveralNetwork, subject: string): Promise<number> {
  const end = publishAllTheTime(network, subject);
  const firsts: number[] = [];
  for (let i = 1; i <= FIRSTS; i++) {
    firsts.push(
      await msUntilHeard((heard) => {
        // The last of them may not hold everywhere yet when the network is closed.
        network.subscribe(i, subject, heard).catch(() => undefined);
      }),
    );
  }
  await end();
  return median(firsts);
}

/** To what all the others subscribe to. Medians. */
async function newcomers(
  network: SeveralNetwork,
  subject: string,
): Promise<Pick<Figures, 'newcomerMs' | 'againMs'>> {
  const end = publishAllTheTime(network, subject);
  const firsts: number[] = [];
  const again: number[] = [];
  for (let i = 0; i < NEWCOMERS; i++) {
    let joining: Promise<Newcomer> | undefined;
    firsts.push(
      await msUntilHeard((heard) => {
        joining = network.join(subject, heard);
      }),
    );
    const newcomer = await joining;
    if (!newcomer) throw new Error('unreachable');
    await pause(REST_MS);
    newcomer.unsubscribe();
    await pause(AGAIN_MS);
    again.push(await msUntilHeard((heard) => newcomer.subscribe(heard)));
    await newcomer.close();
  }
  await end();
  return { newcomerMs: median(firsts), againMs: median(again) };
}

/** @returns what ends it */
function publishAllTheTime(network: SeveralNetwork, subject: string): () => Promise<void> {
  let isOver = false;
  const publishing = (async () => {
    while (!isOver) {
      // A network that wants none of it says so.
      await network.publish(subject, newMessage()).catch(() => undefined);
      await pause(FIRST_EVERY_MS);
    }
  })();
  return () => {
    isOver = true;
    return publishing;
  };
}

/** Infinite where it was in vain. */
async function msUntilHeard(begin: (heard: () => void) => void): Promise<number> {
  const startMs = performance.now();
  const heard = new Promise<boolean>((resolve) => begin(() => resolve(true)));
  const isHeard = await Promise.race([heard, pause(FIRST_LONGEST_MS).then(() => false)]);
  return isHeard ? performance.now() - startMs : Number.POSITIVE_INFINITY;
}

let made = 0;
/** No two are alike: gossipsub knows a message by what is in it. */
function newMessage(): Uint8Array {
  const message = new Uint8Array(MESSAGE_BYTES);
  new DataView(message.buffer).setUint32(0, ++made);
  return message;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
