/** The protocols that a MeshState is made of, and who may read what of whom. */
import type { Random } from '../../runtime/index.ts';
import type { Lane, NodeId } from '../../wire/index.ts';
import type { HealthEffect } from '../health/contract.ts';
import { Health } from '../health/health.ts';
import { type Rate, RateLimit } from '../health/rate-limit.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import type { Directory, OwnLife } from '../identity/identity.ts';
import { networkNameHash } from '../identity/network-name.ts';
import { createSessions } from '../identity/session.ts';
import type { LinksEffect } from '../link/contract.ts';
import { Links } from '../link/links.ts';
import type { MembershipEffect } from '../membership/contract.ts';
import { Membership } from '../membership/membership.ts';
import { MemoryBudget } from '../memory/budget.ts';
import type { MulticastEffect } from '../multicast/contract.ts';
import { Multicast } from '../multicast/multicast.ts';
import type { NeighboursEffect } from '../neighbours/contract.ts';
import { Neighbours } from '../neighbours/neighbours.ts';
import type { SignalingEffect } from '../signaling/contract.ts';
import { Signaling } from '../signaling/signaling.ts';
import type { UnicastEffect } from '../streams/contract.ts';
import { Unicast } from '../streams/unicast.ts';
import type { TopologyEffect } from '../topology/contract.ts';
import type { RecordCache } from '../topology/record-cache.ts';
import { Topology } from '../topology/topology.ts';
import { FrameDispatcher } from './frame-dispatcher.ts';
import { NodePaths } from './node-paths.ts';
import { Tracer } from './tracer.ts';

export interface MeshOptions {
  readonly own: OwnLife;
  readonly networkName: string;
  /** The shared secret of the Network: who cannot prove it gets no Link. */
  readonly networkKey: Uint8Array;
  /** msgpack, at most MAX_ATTRIBUTE_BYTES. */
  readonly attributes: Uint8Array;
  readonly cryptography: Cryptography;
  readonly random: Random;
  /** Records that were parsed and verified before; Nodes of one Network in one process may share it. */
  readonly records?: RecordCache;
  readonly multicastMode?: 'plumtree' | 'flood';
  /** `channel-send` is performed by a transport that copies the bytes: their buffers may be used again. Default false. */
  readonly mayReuseFrames?: boolean;
  readonly budget?: MemoryBudget;
}

export interface MeshParts {
  readonly links: Links;
  readonly topology: Topology;
  readonly membership: Membership;
  readonly neighbours: Neighbours;
  readonly health: Health;
  readonly signaling: Signaling;
  readonly unicast: Unicast;
  readonly multicast: Multicast;
  readonly budget: MemoryBudget;
  readonly dispatcher: FrameDispatcher;
  readonly tracer: Tracer;
}

/** What the parts answer, all of it: one vocabulary, so one place performs it. */
export type PartEffect =
  | LinksEffect
  | TopologyEffect
  | MembershipEffect
  | NeighboursEffect
  | HealthEffect
  | SignalingEffect
  | UnicastEffect
  | MulticastEffect;

/** What the whole does for its parts. */
export interface PartsHost {
  /** The newest life of every Node that a hello or record told of. */
  readonly directory: Directory;
  isBanned(id: NodeId): boolean;
  /** Of the event at hand. */
  now(): number;
  queue(to: NodeId, frame: Uint8Array, lane: Lane, isTransit: boolean): void;
}

/**
 * Sessions whose keys are derived for frames that one neighbour brings, and all: each is an X25519 of about a millisecond, and who makes
 * up sources could ask for one with every frame. A Node that starts a job hears from a thousand others at once.
 */
const DERIVATIONS_BY_ONE: Rate = { perSecond: 40, burst: 512 };
const DERIVATIONS_OF_ALL: Rate = { perSecond: 100, burst: 2048 };

export function createParts(options: MeshOptions, host: PartsHost, now: number): MeshParts {
  const { own, attributes, cryptography, random, networkName, networkKey } = options;
  const self = own.id;
  const budget = options.budget ?? new MemoryBudget();
  const tracer = new Tracer(self);
  const mayAccept = (peer: NodeId, degree: number): boolean => neighbours.mayAccept(peer, degree);
  const newestLife = (peer: NodeId): number | undefined => directory.get(peer)?.life;
  const nameHash = networkNameHash(networkName, cryptography);
  const links = new Links({
    own,
    nameHash,
    networkKey,
    cryptography,
    random,
    newestLife,
    recordOf: (peer) => topology.recordOf(peer),
    mayAccept,
  });
  const { open } = links;
  const topology = new Topology(
    { own, nameHash, attributes, cryptography, random, ...(options.records && { records: options.records }) },
    now,
  );
  const { view, router } = topology;
  // Lives are bounded and their oldest go first: whoever is in reach is known all the same, whatever others invent.
  const directory: Directory = { get: (id) => host.directory.get(id) ?? topology.directory.get(id) };
  const health = new Health({ self, random, view, router }, now);
  const rttMs = (id: NodeId) => health.rttMs(id);
  const membership = new Membership(
    { own, attributes, view, router, open, health: (id) => health.health(id), rttMs },
    now,
  );
  const neighbours = new Neighbours({
    self,
    random,
    view,
    router,
    open,
    pending: () => links.pending,
    rttMs,
    silenceMs: (id) => health.silenceMs(id),
    remembered: () => topology.remembered(),
  });
  const paths = new NodePaths(open, router, (peer) => health.isSilent(peer));
  const signaling = new Signaling({ directory, nextHop: (peer) => paths.nextHop(peer) }, now);
  const derivations = new RateLimit(DERIVATIONS_BY_ONE, DERIVATIONS_OF_ALL, now);
  const mayDerive = (via: NodeId): boolean => derivations.take(via, host.now());
  const sessions = createSessions({ own, cryptography, directory, mayDerive });
  const { mayReuseFrames = false } = options;
  const firstRequestId = random.uint32();
  const isPresent = (id: NodeId): boolean => view.has(id) || open.has(id);
  const unicast = new Unicast({ self, sessions, paths, budget, firstRequestId, mayReuseFrames, isPresent });
  const multicast = new Multicast({
    own,
    cryptography,
    directory,
    budget,
    random,
    ...(options.multicastMode && { mode: options.multicastMode }),
    isPresent,
    laneBytes: (peer) => open.get(peer)?.queuedBytes('broadcast') ?? 0,
  });
  const dispatcher = new FrameDispatcher({
    self,
    paths,
    sessions,
    tracer,
    isOpen: (peer) => open.has(peer),
    isBanned: (id) => host.isBanned(id),
    queue: (to, frame, lane, isTransit) => host.queue(to, frame, lane, isTransit),
  });
  return {
    links,
    topology,
    membership,
    neighbours,
    health,
    signaling,
    unicast,
    multicast,
    budget,
    dispatcher,
    tracer,
  };
}
