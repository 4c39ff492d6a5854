/**
 * The mesh's public face: what services, farm, page and terminal may know of it. Everything else in this folder is
 * private. A MeshNode is made by `createNode` (node.ts) from a Transport, a clock, timers and randomness.
 */
import type { Emitter } from '../runtime/index.ts';
import type { RendezvousState } from '../transport/index.ts';
import type { NodeId } from '../wire/index.ts';

/** One reliable ordered stream between two Nodes, 0..65535. Each has its own window, so bulk never blocks control. */
export type StreamId = number & { readonly brand: 'StreamId' };

export const Streams = {
  /** Small messages that steer: the default. */
  control: 0 as StreamId,
  /** Results of Tasks. */
  results: 1 as StreamId,
  /** Blobs and other bulk. */
  bulk: 2 as StreamId,
} as const;

/** What a Node says of itself; travels with its topology record. */
export interface NodeInfo {
  /** Shown to people, at most 64 characters. */
  readonly deviceName: string;
  /** Logical processors. */
  readonly cores: number;
  /** Render workers it offers now. */
  readonly workers: number;
  /** `page` or `terminal`. */
  readonly platform: 'page' | 'terminal';
}

export type NodeHealth = 'healthy' | 'suspected' | 'dead';

export interface Member {
  readonly id: NodeId;
  readonly info: NodeInfo;
  readonly isSelf: boolean;
  /** An authenticated Link of ours. */
  readonly isNeighbour: boolean;
  /** Hops on the shortest known path: 0 for ourselves, 1 for a neighbour; undefined while no path is known. */
  readonly hops: number | undefined;
  /** Smoothed round trip over the path, ms. */
  readonly rttMs: number | undefined;
  readonly health: NodeHealth;
  /** Clock time at which this Node first knew of it. */
  readonly sinceMs: number;
}

export interface Received {
  readonly from: NodeId;
  readonly body: Uint8Array;
}

/** A handler that returns a promise holds the stream back until it settles: that is the backpressure. */
export type Handler = (message: Received) => void | Promise<void>;
/** Answers a request. What it throws reaches the asker as RequestFailedError with the message only. */
export type RequestHandler = (message: Received) => Uint8Array | Promise<Uint8Array>;

export interface SendOptions {
  readonly stream?: StreamId;
  readonly signal?: AbortSignal;
}

export interface RequestOptions extends SendOptions {
  /** From the call to the answer; default 10,000. */
  readonly timeoutMs?: number;
}

export interface MeshEvents {
  /** A Node became known (its record arrived and a path to it exists). */
  joined: Member;
  /** A Node left, died, or no path has led to it for a while. */
  left: { readonly id: NodeId; readonly reason: string };
  /** Anything in `members()` changed. Fired at most once per turn of the event loop. */
  membersChanged: undefined;
  rendezvous: RendezvousState;
  /** A handshake was refused, here or there: show `message` to the person. */
  refused: { readonly peer: NodeId; readonly reason: RefusalReason; readonly message: string };
  /** Frames as they pass: only produced while someone listens. */
  trace: TraceEntry;
}

export type RefusalReason = 'wrong-key' | 'wrong-network' | 'version' | 'protocol';

export interface TraceEntry {
  readonly atMs: number;
  readonly direction: 'in' | 'out' | 'relayed' | 'dropped';
  /** The neighbour on whose Link it passed. */
  readonly link: NodeId;
  readonly type: string;
  readonly source: NodeId;
  /** Undefined for a broadcast or a link-local frame. */
  readonly target: NodeId | undefined;
  /** -1 for an acknowledgement. */
  readonly index: number;
  readonly stream: number;
  readonly hopLimit: number;
  readonly bytes: number;
  /** Why it was dropped, or the name of the message it carries where known. */
  readonly note: string;
}

/** One slot of a window, as the debug panel draws it. */
export interface SlotSnapshot {
  readonly index: number | undefined;
  readonly state: 'empty' | 'in-flight' | 'acknowledged' | 'held';
  readonly bytes: number;
  readonly attempts: number;
}

export interface StreamSnapshot {
  readonly peer: NodeId;
  readonly stream: number;
  readonly outgoing: {
    readonly slots: readonly SlotSnapshot[];
    readonly queuedMessages: number;
    readonly queuedBytes: number;
    readonly rtoMs: number;
    readonly retransmissions: number;
  };
  readonly incoming: {
    readonly slots: readonly SlotSnapshot[];
    readonly expectedIndex: number;
    readonly undeliveredMessages: number;
  };
}

export interface LinkSnapshot {
  readonly peer: NodeId;
  readonly rttMs: number | undefined;
  /** 0..1 over the last datagrams. */
  readonly loss: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly relayed: number;
  readonly malformed: number;
  readonly queuedBytes: number;
  readonly health: NodeHealth;
}

export interface EdgeSnapshot {
  readonly a: NodeId;
  readonly b: NodeId;
  readonly rttMs: number | undefined;
}

export interface MeshSnapshot {
  readonly members: readonly Member[];
  readonly edges: readonly EdgeSnapshot[];
  readonly links: readonly LinkSnapshot[];
  readonly streams: readonly StreamSnapshot[];
  /** Next hop to each reachable Node. */
  readonly routes: ReadonlyMap<NodeId, NodeId>;
  /** Frames dropped here since the start, by reason (as in a trace entry's note). */
  readonly drops: ReadonlyMap<string, number>;
}

/** Faults a person can switch on to watch the mesh repair itself; a test uses them to force a topology. */
export interface FaultSwitches {
  /** Closes the Link once; the mesh is free to open it again. */
  dropLink(peer: NodeId): void;
  /** While blocked, no Link to that peer is opened or accepted; an open one closes. */
  setLinkBlocked(peer: NodeId, blocked: boolean): void;
  readonly blockedLinks: ReadonlySet<NodeId>;
  /** While paused, nothing leaves this Node, not even health datagrams. */
  setSendingPaused(paused: boolean): void;
  readonly sendingPaused: boolean;
}

export interface MeshNode {
  readonly id: NodeId;
  readonly info: NodeInfo;
  readonly events: Emitter<MeshEvents>;
  readonly rendezvous: RendezvousState;
  readonly faults: FaultSwitches;
  /** Everyone known, ourselves first, then by join order. A fresh array per change: compare by identity. */
  members(): readonly Member[];
  /** Announces a new device name or worker count. */
  updateInfo(change: Partial<NodeInfo>): void;
  /**
   * Resolves when the target's window has acknowledged the whole message. Waits while the stream is full (backpressure).
   * `name` is at most 64 UTF-8 bytes; `body` at most MAX_MESSAGE_BYTES and is not copied until it leaves.
   * @throws TargetUnreachableError, TargetLeftError, SendTimeoutError, MessageTooLargeError, NodeClosedError, CancelledError
   */
  send(target: NodeId, name: string, body: Uint8Array, options?: SendOptions): Promise<void>;
  /** To every Node in reach, at most once each, unordered, best effort. At most MAX_BROADCAST_BYTES. Not to ourselves. */
  broadcast(name: string, body: Uint8Array): void;
  /** One handler per name, for unicast and broadcast alike. Returns the unsubscriber. Messages without a handler are dropped. */
  receive(name: string, handler: Handler): () => void;
  /** Send and wait for the answer. @throws what `send` throws, RequestFailedError, RequestTimeoutError */
  request(target: NodeId, name: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array>;
  /** One request handler per name. */
  serve(name: string, handler: RequestHandler): () => void;
  inspect(): MeshSnapshot;
  /** Says goodbye, closes every Link, rejects what is pending. Idempotent. */
  close(): void;
}

/** 64 MiB: above it, use a Blob. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
export const MAX_BROADCAST_BYTES = 16 * 1024;
