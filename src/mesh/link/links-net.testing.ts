/**
 * Test support: several Links protocols and the channels between them in virtual time. Messages of one direction of a
 * channel keep their order; everything else, openings and closings included, comes in any order, as a seed has it.
 */
import { Heap, integerBelow, type Random, seededRandom } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { OwnLife } from '../identity/identity.ts';
import { WAKE } from '../protocol.ts';
import type { ChannelId } from '../vocabulary.ts';
import type { LinksEffect, LinksEvent } from './contract.ts';
import { cryptography, KEY, nameHashOf } from './link-pair.testing.ts';
import { Links } from './links.ts';

export interface NetNodeOptions {
  readonly networkKey?: Uint8Array;
  newestLife?(peer: NodeId): number | undefined;
  recordOf?(peer: NodeId): Uint8Array | undefined;
  mayAccept?(peer: NodeId, degree: number): boolean;
  /** How many versions of the wire it is ahead of the others: what it says reaches them as of that version, and theirs it as older. */
  readonly versionsAhead?: number;
}

export class NetNode {
  readonly own: OwnLife;
  readonly links: Links;
  readonly effects: LinksEffect[] = [];
  readonly versionsAhead: number;
  /** Hears and says nothing, its timers stand; what arrives waits. */
  isFrozen = false;

  constructor(own: OwnLife, random: Random, options: NetNodeOptions) {
    this.own = own;
    this.versionsAhead = options.versionsAhead ?? 0;
    this.links = new Links({
      own,
      nameHash: nameHashOf('quiet-otter'),
      networkKey: options.networkKey ?? KEY,
      cryptography,
      random,
      newestLife: options.newestLife ?? (() => undefined),
      recordOf: options.recordOf ?? (() => undefined),
      mayAccept: options.mayAccept ?? (() => true),
    });
  }

  get id(): NodeId {
    return this.own.id;
  }

  all<Type extends LinksEffect['type']>(type: Type): Extract<LinksEffect, { type: Type }>[] {
    return this.effects.filter(
      (effect): effect is Extract<LinksEffect, { type: Type }> => effect.type === type,
    );
  }

  /** `up` and `down` of Links, in order. */
  get lifeCycle(): string[] {
    return this.effects.flatMap(({ type }) =>
      type === 'link-up' ? ['up'] : type === 'link-down' ? ['down'] : [],
    );
  }
}

interface ChannelEnd {
  readonly node: NetNode;
  readonly id: ChannelId;
  readonly pair: Pair;
  /** Nothing may overtake what is on its way to this end. */
  lastArrivalMs: number;
  isClosed: boolean;
}

export interface Pair {
  readonly ends: readonly [ChannelEnd, ChannelEnd];
}

interface Arrival {
  readonly atMs: number;
  readonly serial: number;
  readonly perform: () => void;
}

export class Net {
  now = 0;
  readonly nodes: NetNode[] = [];
  readonly random: Random;
  readonly #maxDelayMs: number;
  readonly #arrivals = new Heap<Arrival>(
    (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.serial < b.serial),
  );
  readonly #ends = new Map<ChannelId, ChannelEnd>();
  #serial = 0;
  #channels = 0;

  constructor(seed: number, maxDelayMs = 40) {
    this.random = seededRandom(seed);
    this.#maxDelayMs = maxDelayMs;
  }

  add(own: OwnLife, options: NetNodeOptions = {}): NetNode {
    const node = new NetNode(own, seededRandom(this.random.uint32()), options);
    this.nodes.push(node);
    return node;
  }

  /** Tells a node something and performs what it answers. */
  tell(node: NetNode, event: LinksEvent): readonly LinksEffect[] {
    const effects = node.links.handle(event, this.now);
    node.effects.push(...effects);
    const filled = new Set<ChannelId>();
    for (const effect of effects) {
      if (effect.type === 'channel-send') {
        this.#carry(effect.channel, { type: 'message', bytes: this.#asRead(effect.channel, effect.bytes) });
        filled.add(effect.channel);
      } else if (effect.type === 'channel-datagram') {
        this.#carry(effect.channel, { type: 'datagram', bytes: effect.bytes.slice() });
      } else if (effect.type === 'channel-close') this.#close(effect.channel);
    }
    for (const channel of filled) this.tell(node, { type: 'channel-fill', channel, bufferedBytes: 0 });
    return effects;
  }

  /** `from` calls `to` over a channel that opens at both ends, each at its own time. */
  call(from: NetNode, to: NetNode): Pair {
    this.tell(from, { type: 'connecting', peer: to.id });
    return this.open(from, to, from.id);
  }

  /** Opens a channel whose one end says it is `callerId`'s. */
  open(from: NetNode, to: NetNode, callerId: NodeId): Pair {
    const ends: ChannelEnd[] = [];
    const pair = { ends } as unknown as Pair;
    for (const node of [from, to]) {
      const id = ++this.#channels as ChannelId;
      const end: ChannelEnd = { node, id, pair, lastArrivalMs: this.now, isClosed: false };
      ends.push(end);
      this.#ends.set(id, end);
      const isInitiator = node === from;
      const prints = { local: new Uint8Array(32).fill(1), remote: new Uint8Array(32).fill(2) };
      const fingerprints = isInitiator ? prints : { local: prints.remote, remote: prints.local };
      const peer = isInitiator ? to.id : callerId;
      this.#schedule(end, () =>
        this.tell(node, {
          type: 'channel-opened',
          channel: id,
          peer,
          isInitiator,
          fingerprints,
          answersProbes: false,
        }),
      );
    }
    return pair;
  }

  /** A channel whose other end never says a word; ours to it when `isInitiator`. */
  openSilent(to: NetNode, callerId: NodeId, isInitiator = false): ChannelId {
    const id = ++this.#channels as ChannelId;
    this.tell(to, {
      type: 'channel-opened',
      channel: id,
      peer: callerId,
      isInitiator,
      fingerprints: { local: new Uint8Array(32), remote: new Uint8Array(32) },
      answersProbes: false,
    });
    return id;
  }

  /** One end of the channel notices that it is gone; the other does not. */
  forget(node: NetNode, pair: Pair): void {
    for (const end of pair.ends) {
      if (end.node !== node) continue;
      end.isClosed = true;
      this.tell(node, { type: 'channel-closed', channel: end.id, reason: 'forgotten' });
    }
  }

  run(forMs: number): void {
    const untilMs = this.now + forMs;
    for (let steps = 0; ; steps++) {
      if (steps > 1_000_000) throw new Error('the net does not come to rest');
      const awake = this.nodes.filter(({ isFrozen }) => !isFrozen);
      const wakeAt = Math.min(...awake.map(({ links }) => links.nextWakeAt));
      const arrival = this.#arrivals.peek();
      const next = Math.max(this.now, Math.min(wakeAt, arrival?.atMs ?? Number.POSITIVE_INFINITY));
      if (next > untilMs) break;
      this.now = next;
      if (arrival && arrival.atMs <= next) {
        this.#arrivals.pop();
        arrival.perform();
        continue;
      }
      for (const node of awake) if (node.links.nextWakeAt <= next) this.tell(node, WAKE);
    }
    this.now = untilMs;
  }

  #carry(channel: ChannelId, what: { type: 'message' | 'datagram'; bytes: Uint8Array }): void {
    const other = this.#other(channel);
    if (!other) return;
    const type = what.type === 'message' ? 'channel-message' : 'channel-datagram';
    this.#schedule(other, () => this.tell(other.node, { type, channel: other.id, bytes: what.bytes }));
  }

  /** A copy of what the other end will read: frames carry the version of whoever made them. */
  #asRead(channel: ChannelId, bytes: Uint8Array): Uint8Array {
    const copy = bytes.slice();
    const ahead = this.#ends.get(channel)?.node.versionsAhead ?? 0;
    copy[0] = (copy[0] ?? 0) + ahead - (this.#other(channel)?.node.versionsAhead ?? ahead);
    return copy;
  }

  #close(channel: ChannelId): void {
    const other = this.#other(channel);
    const own = this.#ends.get(channel);
    if (own) own.isClosed = true;
    if (!other) return;
    this.#schedule(other, () => {
      other.isClosed = true;
      this.tell(other.node, { type: 'channel-closed', channel: other.id, reason: 'closed there' });
    });
  }

  #other(channel: ChannelId): ChannelEnd | undefined {
    const end = this.#ends.get(channel);
    return end?.pair.ends.find((other) => other !== end);
  }

  #schedule(end: ChannelEnd, perform: () => void): void {
    const atMs = Math.max(end.lastArrivalMs, this.now + integerBelow(this.random, this.#maxDelayMs + 1));
    end.lastArrivalMs = atMs;
    const attempt = (): void => {
      if (end.isClosed) return;
      if (end.node.isFrozen)
        this.#arrivals.push({ atMs: this.now + 1, serial: this.#serial++, perform: attempt });
      else perform();
    };
    this.#arrivals.push({ atMs, serial: this.#serial++, perform: attempt });
  }
}
