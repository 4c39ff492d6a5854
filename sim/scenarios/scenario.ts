/**
 * A scenario is data: what the network is like, who comes, what befalls them when, what they say to each other, and what
 * must hold. It is written for any number of Nodes; everything it leaves open is drawn from the seed.
 */
import type { Habits } from '../engine/application.ts';
import type { ChannelFaults, LatencyModel } from '../engine/conditions.ts';
import type { MulticastMode } from '../engine/mesh-maker.ts';
import type { ForgeryName } from '../hostile/forgery.ts';

/**
 * Whom a step is about, of the honest Nodes that are alive: a number counts them from 0 in the order of joining, negative
 * ones from the end; a share or a count is drawn at random.
 */
export type Who =
  | number
  | 'all'
  | { readonly share: number }
  | { readonly count: number }
  | { readonly first: number };

export type Fault =
  | { readonly type: 'join'; readonly count: number; readonly overMs?: number }
  | { readonly type: 'kill'; readonly who: Who }
  | { readonly type: 'leave'; readonly who: Who }
  /** Killed, or with `says` leaving, and back `afterMs` later on the same machine. */
  | {
      readonly type: 'restart';
      readonly who: Who;
      readonly identity: 'same' | 'new';
      readonly afterMs: number;
      readonly leaves?: boolean;
    }
  /** Nothing of it runs; everything waits and comes at once. */
  | { readonly type: 'freeze'; readonly who: Who; readonly forMs: Span }
  /** The main thread stands still, the Worker answers probes. */
  | { readonly type: 'busy'; readonly who: Who; readonly forMs: Span }
  /** Timers fire on multiples of it: 1,000 in a hidden tab, 60,000 in one hidden for long, 0 in front. */
  | { readonly type: 'throttle'; readonly who: Who; readonly toMs: number }
  | { readonly type: 'late-timers'; readonly who: Who; readonly byMs: number }
  /** Ahead: `systemClock` never goes back, and a mesh whose deadlines lie an hour ahead stays as it is for an hour. */
  | { readonly type: 'clock-jump'; readonly who: Who; readonly byMs: number }
  /** Into so many parts, at random. */
  | { readonly type: 'partition'; readonly parts: number }
  /** So many pairs of Nodes hear each other in one direction only. */
  | { readonly type: 'cut-one-way'; readonly pairs: number | 'a-third' }
  | { readonly type: 'heal' }
  | { readonly type: 'rendezvous'; readonly isUp: boolean }
  | { readonly type: 'ghosts'; readonly count: number }
  /** Channels that open to these Nodes and never speak. */
  | { readonly type: 'strangers'; readonly who: Who; readonly count: number }
  /** No Links but between neighbours in the order of joining. */
  | { readonly type: 'line' }
  | { readonly type: 'drop-links'; readonly share: number }
  /** Members that also forge, one forgery every so often. */
  | {
      readonly type: 'hostile';
      readonly count: number;
      readonly forgeries: readonly ForgeryName[] | 'all';
      readonly everyMs: number;
    }
  | { readonly type: 'habits'; readonly who: Who; readonly habits: Partial<Habits> }
  | { readonly type: 'faults'; readonly channelFaults: ChannelFaults; readonly loss: number };

export type Talk =
  /** Each of these says something to a random other, request or send by chance, about every so often until then. */
  | {
      readonly type: 'chatter';
      readonly who: Who;
      readonly everyMs: number;
      readonly untilMs: number;
      readonly bytes: Span;
      readonly requests?: number;
      readonly streams?: number;
      readonly to?: Who;
    }
  | {
      readonly type: 'broadcasts';
      readonly who: Who;
      readonly everyMs: number;
      readonly untilMs: number;
      readonly bytes: Span;
      readonly multicasts?: number;
    }
  /** So many at one instant. */
  | {
      readonly type: 'burst';
      readonly who: Who;
      readonly kind: 'broadcast' | 'send';
      readonly count: number;
      readonly bytes: Span;
      readonly thenLeaves?: boolean;
    };

/** From, to: drawn evenly. */
export type Span = number | readonly [number, number];

export type Expectation =
  /** From then within so long: the same members everywhere, Edges mutual, degrees, connected. */
  | { readonly type: 'agree'; readonly withinMs: number }
  /** Those who can reach each other now go on as one mesh, which agrees from then within so long: without a rendezvous, too. */
  | { readonly type: 'parts-agree'; readonly withinMs: number }
  /** Whoever is not here is no longer counted by anyone. */
  | { readonly type: 'nobody-missing'; readonly withinMs: number };

/** Trouble and what belongs to it: what comes later, so long after its beginning. */
export type Mishap = readonly ({ readonly afterMs?: number } & (Fault | Talk))[];

/** One mishap after the other until then, each drawn from these, whether or not those before are over. */
export interface Mishaps {
  readonly type: 'mishaps';
  readonly untilMs: number;
  readonly pauseMs: Span;
  readonly of: readonly Mishap[];
}

export type Step = { readonly atMs: number; readonly everyMs?: number; readonly untilMs?: number } & (
  | Fault
  | Talk
  | Expectation
  | Mishaps
);

export interface Scenario {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  readonly nodes: number;
  /** The most and the least it makes sense for. */
  readonly least?: number;
  readonly network?: {
    readonly latency?: LatencyModel;
    readonly jitterSigma?: number;
    readonly bytesPerSecond?: number;
    readonly loss?: number;
    readonly channelFaults?: ChannelFaults;
    readonly connectionWorkMs?: number;
  };
  /** The first Nodes come one after another within so long, ms. */
  readonly joinOverMs: number;
  readonly habits?: Partial<Habits>;
  readonly multicastMode?: MulticastMode;
  /** When the last of it has happened; sends then have `timeoutMs` and some seconds to settle. */
  readonly durationMs: number;
  /** Of every send and request. */
  readonly timeoutMs: number;
  readonly steps: readonly Step[];
  readonly holds?: {
    /** Default 10,000. Infinity is written as null: not checked. */
    readonly oneSidedWithinMs?: number | null;
    /** The mesh may say of broadcasts that they are lost. Default false. */
    readonly mayMiss?: boolean;
    /** At the end they agree. Default true. */
    readonly agreesAtEnd?: boolean;
    /** Small questions are answered within so long although bulk flows, ms. */
    readonly answersWithinMs?: number;
    /** Offers that the rendezvous carries: so many for each life of a Node, at most. */
    readonly offersPerLife?: number;
    /** Of these, such as the mesh could have carried, since Links led from one end to the other. */
    readonly needlessOffersPerLife?: number;
    /** Ends of connections that were begun, RTCPeerConnections in a browser: so many for each life of a Node, at most. */
    readonly connectionsPerLife?: number;
    /** No window sends a packet twice; asked where everyone has a Link to everyone, since over relays a clock may be early. */
    readonly sendsOnce?: boolean;
  };
  /** In the full set: other than the usual 1,000 seeds at `nodes`. */
  readonly fullSet?: { readonly nodes?: number; readonly seeds?: number };
}
