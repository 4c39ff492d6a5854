/** What we keep for one peer: its present session's streams both ways, its account, its requests at work. */
import type { NodeId } from '../../wire/index.ts';
import type { MemoryBudget } from '../memory/budget.ts';
import { NEVER } from '../protocol.ts';
import type { Failure, Path, StreamId, Token } from '../vocabulary.ts';
import { type Outgoing, type SenderHost, WindowSender } from '../window/index.ts';
import { Account } from './account.ts';
import type { Inbound } from './inbound.ts';
import { Positions } from './positions.ts';
import { Served } from './served.ts';

/** What a message on its way out is for. */
export type Ticket =
  | { readonly type: 'send'; readonly token: Token; readonly isAwaited: boolean }
  | { readonly type: 'request'; readonly id: number }
  | { readonly type: 'answer'; readonly cost: number };

/** One stream from us to a peer in its present life. */
export interface Sending {
  readonly peer: Peer;
  readonly stream: StreamId;
  readonly window: WindowSender<Ticket>;
  /** Of its making: makes ties definite. */
  readonly order: number;
  isDirty: boolean;
  /** When it is woken, as the heap of deadlines has it. */
  scheduledAtMs: number;
}

export type OutgoingMessage = Outgoing<Ticket>;

export interface SendingHost {
  /** See WindowSenderOptions. */
  readonly mayReuseFrames: boolean;
  transmit(peer: Peer, frame: Uint8Array, path: Path): boolean;
  settled(peer: Peer, ticket: Ticket, failure: Failure | undefined): void;
}

export class Peer {
  readonly id: NodeId;
  readonly account: Account;
  readonly served: Served;
  readonly senders = new Map<StreamId, Sending>();
  readonly inbound: Map<StreamId, Inbound<Peer>> = new Map();
  /** Streams whose unpacking has stopped. */
  readonly held: Set<Inbound<Peer>> = new Set();
  /** Of the pair of present lives. */
  tag: number;
  /** It is no member: its sessions rest until there is a sign of it. */
  isResting = false;
  /** Of streams without windows, since it rested. */
  positions: Positions | undefined;
  /** Rises with use, over all peers: the least recently used go first. */
  usedAt = 0;

  constructor(id: NodeId, tag: number, budget: MemoryBudget, positions?: Positions) {
    this.id = id;
    this.tag = tag;
    this.positions = positions;
    this.account = new Account(id, budget);
    this.served = new Served(this.account);
  }

  /** @param leastBegin where a window begins at the earliest */
  sending(self: NodeId, stream: StreamId, order: number, leastBegin: number, host: SendingHost): Sending {
    const existing = this.senders.get(stream);
    if (existing) return existing;
    const begin = Math.max(leastBegin, this.positions?.takeOutgoing(stream) ?? 0);
    const windowHost: SenderHost<Ticket> = {
      transmit: (frame, path) => host.transmit(this, frame, path),
      settled: (ticket, failure) => host.settled(this, ticket, failure),
    };
    const address = { source: self, target: this.id, stream, session: this.tag };
    const { mayReuseFrames } = host;
    const window = new WindowSender<Ticket>({ ...address, begin, mayReuseFrames }, windowHost);
    const sending = { peer: this, stream, window, order, isDirty: false, scheduledAtMs: NEVER };
    this.senders.set(stream, sending);
    return sending;
  }

  /** All that need be kept of it while it is gone; undefined while there is more. */
  get allThatStands(): Positions | undefined {
    if (!this.served.isIdle) return undefined;
    for (const { window } of this.senders.values()) if (!window.isReplaceable) return undefined;
    for (const inbound of this.inbound.values()) if (!inbound.isReplaceable) return undefined;
    const positions = this.positions ?? new Positions(this.tag);
    for (const [stream, { window }] of this.senders) positions.outgoing.set(stream, window.next);
    for (const [stream, { window }] of this.inbound) {
      if (window.standing) positions.keepIncoming(stream, window.standing);
    }
    return positions;
  }

  /** Nothing waits in either direction. */
  get isIdle(): boolean {
    if (!this.served.isIdle || this.#isSending) return false;
    for (const inbound of this.inbound.values()) if (!inbound.isIdle) return false;
    return true;
  }

  /** Nothing waits that would be missed: what could be evicted at need. */
  get isExpendable(): boolean {
    // Whoever is gone waits for no answer: a handler that never returns keeps nothing of it here for ever.
    return (this.isResting || this.served.isIdle) && this.account.deliveredBytes === 0 && !this.#isSending;
  }

  /** To one that rests nobody waits to send anything: all has failed, and only the packets that say so are left. */
  get #isSending(): boolean {
    if (this.isResting) return false;
    for (const { window } of this.senders.values()) if (!window.isIdle) return true;
    return false;
  }
}
