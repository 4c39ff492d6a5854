/**
 * The mesh's public face: what services, farm, page and terminal may know of it. Everything else in this folder is
 * private. A MeshNode is made by `createNode` from a Transport, an identity, a clock, timers and randomness.
 */
import type { Emitter } from '../runtime/index.ts';
import type { RendezvousState } from '../transport/index.ts';
import type { NodeId } from '../wire/index.ts';

/**
 * A reliable ordered stream of its own between this Node and every other: a service registers one by name and gets it to
 * itself. Names of messages within it are the service's affair. What waits on one stream never holds up another. Both ends
 * register the same name in the same lane: what finds no stream, or no handler of its name, is taken and dropped.
 *
 * Wrong arguments are told at once, by LeafcutterErrors with the codes `bad-target`, `bad-message-name`, `bad-body`,
 * `bad-timeout`, `bad-handler`; a closed stream's methods fail with `stream-closed`, all but `close` on a closed Node with
 * NodeClosedError. Methods that return a promise reject. Every promise settles: closing the Node rejects what is pending.
 */
export interface MeshStream {
  readonly name: string;
  /**
   * To one Node: resolves when the receiving application has it or will get it whatever happens to this Node or the Link.
   * To several: each of them gets it exactly once and in the order of this Node's broadcasts; resolves when it is on its
   * way, with backpressure. When one of them is no member it rejects with TargetsUnreachableError, which names those, and
   * nobody gets it: leave them out and send again. Who leaves later does without, as with a broadcast.
   * To ourselves: resolves when our handler is done.
   * `message` is at most 64 UTF-8 bytes; `body` at most MAX_MESSAGE_BYTES (MAX_BROADCAST_BYTES to several), and is not
   * copied until it leaves: leave it alone until then (one that was transferred or resized meanwhile fails with `bad-body`).
   * A Node takes MAX_STREAMS_AT_ONCE streams of another at once; those silent for two minutes make room.
   * @throws TargetUnreachableError, TargetsUnreachableError, TargetLeftError, SendTimeoutError, TooManyStreamsError,
   * MessageTooLargeError, NodeClosedError, CancelledError
   */
  send(
    target: NodeId | readonly NodeId[],
    message: string,
    body: Uint8Array,
    options?: SendOptions,
  ): Promise<void>;
  /**
   * To everyone: exactly once and in order for every member that is present from the send until the mesh is at rest.
   * Resolves when it is on its way, with backpressure. Not to ourselves.
   * @throws MessageTooLargeError, NodeClosedError, CancelledError
   */
  broadcast(message: string, body: Uint8Array, options?: SendOptions): Promise<void>;
  /** Send and wait for the answer. @throws what `send` throws, RequestFailedError, RequestTimeoutError */
  request(target: NodeId, message: string, body: Uint8Array, options?: RequestOptions): Promise<Uint8Array>;
  /**
   * One handler per message name, for unicast and broadcast alike. Returns the unsubscriber. Without one they are dropped.
   * @throws LeafcutterError `handler-taken`, NodeClosedError
   */
  receive(message: string, handler: Handler): () => void;
  /**
   * The same as an iterator: takes the handler's place until it is left, `signal` aborts or the stream or the Node closes,
   * which ends it without an error, after what has been acknowledged to the senders. Unread messages hold the stream back.
   * @throws LeafcutterError `handler-taken`, NodeClosedError
   */
  messages(message: string, options?: { readonly signal?: AbortSignal }): AsyncIterableIterator<Received>;
  /** One request handler per message name. Returns the unsubscriber. @throws LeafcutterError `handler-taken`, NodeClosedError */
  serve(message: string, handler: RequestHandler): () => void;
  /** Gives the name back; handlers end, iterators return. Idempotent. */
  close(): void;
}

/** How a stream is registered. */
export interface StreamOptions {
  /** `bulk` gives way to `messages` on every Link. Default `messages`. */
  readonly lane?: 'messages' | 'bulk';
}

/** How a `send` or `broadcast` waits. */
export interface SendOptions {
  /** Ends the wait; what has left may still arrive. */
  readonly signal?: AbortSignal;
  /** Above 0. Without any progress of its stream for so long a send fails. Default 60,000. */
  readonly timeoutMs?: number;
  /**
   * Whether anybody waits for the promise of a `send` to one Node. Default true. False for what goes on whatever becomes of it: the promise may
   * resolve a quarter of a second later, since its acknowledgement goes along with others, which halves what a Link has to carry.
   */
  readonly isAwaited?: boolean;
}

/** How long a `request` waits. */
export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Above 0: from the call to the answer. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * For long answers over a Link that may be slow: so long it is waited at most while answers of that Node go on coming, without a pause of
   * `timeoutMs`. Default: `timeoutMs`.
   */
  readonly longestMs?: number;
}

/** A message or a request that has arrived. */
export interface Received {
  readonly from: NodeId;
  /** Name of the message. */
  readonly name: string;
  /** Name of the stream. */
  readonly stream: string;
  /** Sent to everyone, or to several. */
  readonly isBroadcast: boolean;
  /** The receiver's to keep. */
  readonly body: Uint8Array;
}

/** A handler that returns a promise holds the stream back until it settles: that is the backpressure. */
export type Handler = (message: Received) => void | Promise<void>;
/** Answers a request. What it throws reaches the asker as RequestFailedError with the message only. */
export type RequestHandler = (message: Received) => Uint8Array | Promise<Uint8Array>;

/**
 * What a Node says of itself. Opaque to the mesh: null, booleans, numbers, strings, Uint8Arrays, and arrays and objects of
 * these, at most 8 deep and MAX_ATTRIBUTE_BYTES as msgpack. A frozen copy is kept. Check what others say.
 */
export type Attributes = Readonly<Record<string, unknown>>;

/**
 * `healthy`: heard by ourselves within the last minute. `unchecked`: a path is known, but we have not heard it yet.
 * `suspected`: it does not answer. `dead`: only in snapshots, on its way out.
 */
export type NodeHealth = 'healthy' | 'unchecked' | 'suspected' | 'dead';

/** A Node of the mesh as this one sees it now. */
export interface Member {
  readonly id: NodeId;
  readonly attributes: Attributes;
  readonly isSelf: boolean;
  /** An authenticated Link of ours. */
  readonly isNeighbour: boolean;
  /** Hops on the shortest known path: 0 for ourselves, 1 for a neighbour; undefined while no path is known. */
  readonly hops: number | undefined;
  /** Round trip over the path, ms: measured for a neighbour, a coarse sum of what the records say for others. */
  readonly rttMs: number | undefined;
  readonly health: NodeHealth;
  /** Clock time at which this Node first knew of it. */
  readonly sinceMs: number;
}

/** What a Node tells of, by the name of the event. */
export interface MeshEvents {
  /** A Node became known (its record arrived and a path to it exists). */
  joined: Member;
  /** A Node left, died, or no path has led to it for a while. It may join again. */
  left: { readonly id: NodeId; readonly reason: string };
  /** Anything in `members()` changed. Fired at most once per turn of the event loop. */
  membersChanged: undefined;
  rendezvous: RendezvousState;
  /** A handshake was refused, or a neighbour cut off, here or there: show `message` to the person. */
  refused: { readonly peer: NodeId; readonly reason: RefusalReason; readonly message: string };
  /** Our key lives somewhere else too, in a newer life (a duplicated tab): this Node has closed. Show `message`. */
  replaced: { readonly message: string };
  /** This Node stood still (a frozen or blocked page, a sleeping machine) for so long, and goes on. */
  away: { readonly forMs: number };
  /**
   * Some broadcasts of that Node could not be had any more: so many frames, each of which holds what left its source in one turn,
   * up to 60 KiB (many messages, one, or a piece of one). How many messages that were, nobody here can tell.
   */
  missed: { readonly source: NodeId; readonly frames: number };
}

/** Why a Link came to nothing, or ended by one side's word. */
export type RefusalReason =
  | 'wrong-key'
  | 'wrong-network'
  | 'version'
  | 'protocol'
  /** Its key does not fit its id, or it cannot prove that it has it. */
  | 'identity'
  /** The same key in an older or equal life. */
  | 'duplicate'
  /** It has all the Links it may have, and we are in the mesh already. */
  | 'full'
  | CutOffReason;

/** Why a Node takes nothing from another one for half a minute. */
export type CutOffReason =
  /** It keeps sending what no Node of this version sends. */
  | 'malformed'
  /** It sends more than it may. */
  | 'too-much';

/** A Node: its default stream, members, events, and streams of one's own. Made by `createNode`. */
export interface MeshNode extends Omit<MeshStream, 'close'> {
  readonly id: NodeId;
  readonly attributes: Attributes;
  readonly events: Emitter<MeshEvents>;
  readonly rendezvous: RendezvousState;
  /** Whether `close` was called, or another life of this key has taken its place. */
  readonly isClosed: boolean;
  /** For people who look inside: snapshots, faults, traces. */
  readonly inspection: MeshInspection;
  /** Everyone known, ourselves first, then by join order. A fresh array per change: compare by identity. */
  members(): readonly Member[];
  /** Announces changed attributes; those not named stay. @throws LeafcutterError `attributes` when they are too large or not plain, NodeClosedError */
  setAttributes(change: Attributes): void;
  /** Registers a stream; its name has 1 to 64 UTF-8 bytes. @throws LeafcutterError `stream-taken`, `bad-stream-name`, `bad-lane`, NodeClosedError */
  stream(name: string, options?: StreamOptions): MeshStream;
  /** Says goodbye, hands over what has been acknowledged, closes every Link, rejects what is pending. Idempotent. */
  close(): void;
}

/** For people who look inside, and for tests. */
export interface MeshInspection {
  snapshot(): MeshSnapshot;
  readonly faults: FaultSwitches;
  /** Frames as they pass: only produced while someone listens. Returns the unsubscriber. */
  trace(listener: (entry: TraceEntry) => void): () => void;
  /** The network table of a Node, ours (everyone known) without a target; another tells whom it heard itself in the last minute. Ours can be asked for after `close`, too. @throws what `request` throws */
  table(target?: NodeId, options?: RequestOptions): Promise<readonly TableEntry[]>;
}

/** One line of a network table: somebody known, and what speaks for it. */
export interface TableEntry {
  readonly id: NodeId;
  /** Who told us of it; itself when we have heard it ourselves. */
  readonly heardFrom: NodeId;
  /** Since we last heard it ourselves, ms; undefined when never. */
  readonly lastProofMs: number | undefined;
  readonly rttMs: number | undefined;
  /** 0..1 */
  readonly loss: number | undefined;
}

/** One frame that passed. */
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

/** The windows of one stream with one peer. */
export interface StreamSnapshot {
  readonly peer: NodeId;
  readonly stream: number;
  /** As registered here, '' for the Node's own; `answers` and `answers (bulk)` carry what is answered to requests; else undefined. */
  readonly name: string | undefined;
  readonly outgoing: {
    readonly slots: readonly SlotSnapshot[];
    readonly queuedMessages: number;
    readonly queuedBytes: number;
    /** Of the retransmission clock; undefined on a direct Link, where nothing is sent twice. */
    readonly rtoMs: number | undefined;
    readonly retransmissions: number;
  };
  readonly incoming: {
    readonly slots: readonly SlotSnapshot[];
    readonly expectedIndex: number;
    readonly undeliveredMessages: number;
  };
}

/** The session with one peer: its present life and ours. */
export interface SessionSnapshot {
  readonly peer: NodeId;
  /** u32 on the wire. */
  readonly session: number;
  readonly life: number;
  readonly path: 'direct' | 'relayed' | 'none';
  readonly budgetBytes: number;
}

/** A Node that may be dead, and who says so. */
export interface SuspicionSnapshot {
  readonly id: NodeId;
  /** Nodes that say they do not hear it. */
  readonly witnesses: readonly NodeId[];
  /** Until it is called dead, ms. */
  readonly leftMs: number;
}

/** A Link with a neighbour; bytes and frames since it came up, the handshake included. */
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
  /** Why we hold this Link: `full mesh`, `near`, `random`, `chosen by them`, `rescue`. */
  readonly why: string;
  /** Broadcasts of most sources are pushed over it, rather than announced. */
  readonly isTreeEdge: boolean;
}

/** A Link between two Nodes, ours or others'. */
export interface EdgeSnapshot {
  readonly a: NodeId;
  readonly b: NodeId;
  readonly rttMs: number | undefined;
}

/** All that a Node knows at one moment. */
export interface MeshSnapshot {
  readonly members: readonly Member[];
  readonly edges: readonly EdgeSnapshot[];
  readonly links: readonly LinkSnapshot[];
  readonly streams: readonly StreamSnapshot[];
  readonly sessions: readonly SessionSnapshot[];
  readonly suspicions: readonly SuspicionSnapshot[];
  readonly table: readonly TableEntry[];
  /** Bytes kept because of others, of at most `limitBytes`. */
  readonly memory: {
    readonly usedBytes: number;
    readonly limitBytes: number;
    readonly peerLimitBytes: number;
  };
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

/** 16 MiB: above it, use a Blob. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** The largest body to several or all: 1 MiB. */
export const MAX_BROADCAST_BYTES = 1024 * 1024;
/**
 * Streams that a Node takes of another one at once; answers need none of them. One counts from its first message until it has been silent
 * for two minutes. A guess: an honest Node uses a handful.
 */
export const MAX_STREAMS_AT_ONCE = 32;
/** Of a Node's attributes as msgpack. */
export const MAX_ATTRIBUTE_BYTES = 512;
