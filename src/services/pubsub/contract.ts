/**
 * Publish and subscribe: subjects as in NATS, a Broker in every Node, the ten verbs of `docs/protocol.md`. A *client* of the Broker is a
 * handler of this tab, an official NATS library inside it, or a program at a door: to the Broker they are the same.
 */
import type { NodeId } from '../../wire/index.ts';

/**
 * Tokens between dots: no empty one, no blank, no control character, at most MAX_SUBJECT_BYTES of UTF-8 and MAX_TOKENS. Made by `subject`.
 * Case-sensitive.
 */
export type Subject = string & { readonly brand: 'Subject' };
/** A Subject in which `*` may stand for one token and `>`, as the last, for one or more. Made by `pattern`. */
export type Pattern = string & { readonly brand: 'Pattern' };
/** What a client calls a subscription of its own, as NATS' sid. */
export type SubscriptionId = string & { readonly brand: 'SubscriptionId' };

/** Of a subject or pattern as UTF-8. */
export const MAX_SUBJECT_BYTES = 256;
/** Parts of a subject or pattern between dots. */
export const MAX_TOKENS = 32;
/** Default of what a message may weigh, headers included; settable to MAX_PAYLOAD_LIMIT. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;
/** To what MAX_PAYLOAD_BYTES can be raised: 8 MiB. */
export const MAX_PAYLOAD_LIMIT = 8 * 1024 * 1024;
/** What one subscription that is not read may hold. */
export const SUBSCRIPTION_BYTES = 8 * 1024 * 1024;
/** Of the subjects that a Node tells the others; above it they are widened to prefixes. */
export const MAX_ADVERTISED = 4_096;

/** What CONNECT says, with NATS' meanings. */
export interface ConnectOptions {
  readonly name: string;
  /** A client's own messages reach its own subscriptions, too. */
  readonly echo: boolean;
  readonly headers: boolean;
  /** A PUB with a reply to a subject that nobody serves is answered by a message with the status 503. */
  readonly noResponders: boolean;
  /** Ours: what it may hear of what it subscribes to; the rest is not for it, and another of its queue group is asked. Undefined: all. */
  readonly mayHear?: (subject: Subject, queue: string | undefined) => boolean;
}

/** What a client says to its Broker. */
export type ClientVerb =
  | { readonly type: 'connect'; readonly options: ConnectOptions }
  | {
      readonly type: 'pub';
      readonly subject: Subject;
      readonly reply: Subject | undefined;
      /** As they travel: `NATS/1.0\r\n...\r\n\r\n`. */
      readonly headers: Uint8Array | undefined;
      readonly payload: Uint8Array;
      /** Ours: answered by an `ack` of this token. An official client asks for none. */
      readonly ack: number | undefined;
      /** Ours: only to subscriptions on this Node. */
      readonly reach?: 'node';
    }
  | {
      readonly type: 'sub';
      readonly sid: SubscriptionId;
      readonly pattern: Pattern;
      readonly queue: string | undefined;
      /** Ours: answered by an `ack` of this token when every Node in reach has the interest. */
      readonly ack: number | undefined;
      /** Ours: what becomes of it when it is read slowly. Undefined: `drop` at SUBSCRIPTION_BYTES. */
      readonly slow: SlowPolicy | undefined;
    }
  /** `max`: after so many in all, as NATS counts; 0: nothing new, and what waits still comes. Without it what waits is dropped. */
  | { readonly type: 'unsub'; readonly sid: SubscriptionId; readonly max: number | undefined }
  | { readonly type: 'ping' | 'pong' }
  | { readonly type: 'close'; readonly reason: string };

/** `drop`: the newest that do not fit are lost, and counted in the next `msg`. `wait`: publishers' `ack` waits instead. */
export interface SlowPolicy {
  readonly mode: 'drop' | 'wait';
  readonly maxBytes: number;
}

/** What a Broker says to a client. */
export type BrokerVerb =
  | { readonly type: 'info'; readonly info: BrokerInfo }
  | {
      readonly type: 'msg';
      readonly sid: SubscriptionId;
      readonly subject: Subject;
      readonly reply: Subject | undefined;
      readonly headers: Uint8Array | undefined;
      readonly payload: Uint8Array;
      readonly from: NodeId;
      /** So many were lost by this subscription since the `msg` before, because it was read too slowly, or by the mesh. */
      readonly lost: number;
    }
  | { readonly type: 'ack'; readonly token: number; readonly outcome: AckOutcome }
  | { readonly type: 'ping' | 'pong' }
  | { readonly type: 'close'; readonly reason: string };

/**
 * Of a PUB: how many subscriptions on how many Nodes have taken it. Of a SUB: on how many Nodes the interest holds (`subscriptions` 0).
 * `partial`: some did not, for the reason given; the numbers say who did.
 */
export interface AckOutcome {
  readonly subscriptions: number;
  readonly nodes: number;
  readonly failure:
    | 'no-responders'
    | 'partial'
    | 'too-slow'
    | 'too-large'
    | 'closed'
    | 'subscription-taken'
    | 'queue-refused'
    | undefined;
  /** For people; '' where nothing failed. */
  readonly reason: string;
}

/** What a Broker says of itself when a client connects. */
export interface BrokerInfo {
  readonly node: NodeId;
  readonly maxPayloadBytes: number;
  /** Names of what is beyond NATS: `ack`, `ready`, `slow`. */
  readonly extensions: readonly string[];
}

/** The client's end, given to `Broker.connect`. Called in the Broker's turn; does not throw. */
export interface BrokerClient {
  hear(verb: BrokerVerb): void;
}

/** The Broker's end, for one client. After `close`, from either side, both are silent. */
export interface BrokerConnection {
  /** Verbs that parse are never thrown at: what cannot be done is said by `ack` or `close`. */
  say(verb: ClientVerb): void;
  /**
   * So many bytes of `msg`, as `messageWeight` counts them, have left the client's hands: its handler returned, its socket took them. The
   * Broker gives a client CLIENT_WINDOW_BYTES ahead and keeps the rest with the subscription.
   */
  taken(bytes: number): void;
  /**
   * Undefined while the Broker takes more. Else a promise of the time when it does: until then a publisher that can wait (a socket that is
   * not read, a loop that is awaited) waits. What is published regardless is sent all the same, and takes memory.
   */
  room(): Promise<void> | undefined;
}

/** What an entry in a line takes beside its message: millions of empty ones are no small matter. */
export const ENTRY_BYTES = 128;

interface Contents {
  readonly headers: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** What a message weighs in windows and bounds. */
export function messageWeight(message: Contents & { readonly subject: Subject }): number {
  return ENTRY_BYTES + message.subject.length + messageBytes(message);
}

/** What a message counts as for statistics and limits, as NATS counts it: what it carries. */
export function messageBytes({ headers, payload }: Contents): number {
  return (headers?.length ?? 0) + payload.length;
}

/** Why a message is too large to be published, for people; undefined when it is not. */
export function payloadProblem(message: Contents, maxBytes: number): string | undefined {
  const bytes = messageBytes(message);
  if (bytes <= maxBytes) return undefined;
  return `a message of ${bytes} bytes is over the limit of ${maxBytes}; share it as a Blob instead`;
}

/** What a client was given and has not settled: above it, it is given nothing more. */
export const CLIENT_WINDOW_BYTES = 256 * 1024;

/** What monitors and panels show of a client. Counters since it connected. */
export interface ClientStats {
  readonly name: string;
  readonly subscriptions: number;
  readonly inMessages: number;
  readonly outMessages: number;
  readonly inBytes: number;
  readonly outBytes: number;
  readonly pendingBytes: number;
  readonly lost: number;
}

/** What monitors and panels show of a subscription; messages since it began. */
export interface SubscriptionInfo {
  readonly pattern: Pattern;
  readonly queue: string | undefined;
  readonly sid: SubscriptionId;
  readonly messages: number;
}

/** Who listens to what, as far as this Node knows: the truth when the mesh is at rest. */
export interface InterestEntry {
  readonly pattern: Pattern;
  readonly queue: string | undefined;
  readonly node: NodeId;
  /** Members of the queue group, or subscriptions, on that Node. */
  readonly count: number;
}

/** Of whom `Broker.listeners` tells, and of how many at most. */
export interface ListenersQuery {
  /** Only patterns that hold this text, whatever its case. */
  readonly about?: string;
  /** Default and most: MAX_LISTED. */
  readonly limit?: number;
}

/** Who listens to one pattern. */
export interface Listeners {
  readonly pattern: Pattern;
  /** On how many Nodes. */
  readonly nodeCount: number;
  /** One for each Node and queue group, ours first; at most MAX_LISTED. */
  readonly entries: readonly InterestEntry[];
}

/** Part of what is known of who listens. */
export interface ListenersAnswer {
  /** In no order. */
  readonly listeners: readonly Listeners[];
  /** There are more, or more were not looked at: ask about something narrower. */
  readonly hasMore: boolean;
}

/** What one `listeners` tells at most: of patterns, and of each of entries. More than anybody reads. */
export const MAX_LISTED = 256;

/** Since the Broker began. */
export interface BrokerCounters {
  /** Messages of other Nodes that nobody here wanted (any more): interest that was widened, or is old, or never was ours. */
  readonly inVain: number;
  /** From other Nodes, what does not parse, and interest beyond what one Node may have. */
  readonly malformed: number;
  /** Broadcasts that the mesh could not bring: frames, each of one or more messages. */
  readonly missedFrames: number;
  /** Of ours, those that did not leave: the mesh did not get on for a minute, or too much waited for Nodes that had not met us yet. */
  readonly unsent: number;
}

/** The Broker of one Node: one for each MeshNode. */
export interface Broker {
  readonly node: NodeId;
  /**
   * The client hears `info` before this returns.
   * @param kin another connection of the same client: without `echo` neither hears the other, and each has a window of its own.
   */
  connect(client: BrokerClient, kin?: BrokerConnection): BrokerConnection;
  /** Whether a subscription of that queue group would be taken: its name is no longer than 256 characters, and a Node has a bounded number of them. */
  takesGroup(queue: string): boolean;
  stats(connection: BrokerConnection): ClientStats;
  subscriptions(connection: BrokerConnection): readonly SubscriptionInfo[];
  /** All of it: up to 4,097 entries a Node. */
  interests(): readonly InterestEntry[];
  /** By pattern, and bounded, however much there is: for who looks again and again. */
  listeners(query?: ListenersQuery): ListenersAnswer;
  readonly counters: BrokerCounters;
  /**
   * Resolves when every Node that waits to hear what became of its publications here has heard it, after two seconds at the latest. Who
   * leaves the network waits for it: else they take what was read here for lost.
   */
  told(): Promise<void>;
  /** Ends every client with this reason, and takes this Node's interest back. Idempotent. */
  close(reason: string): void;
}
