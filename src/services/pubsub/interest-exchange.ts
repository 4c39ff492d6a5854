/**
 * What the Brokers of a Network know of each other's interest. Everyone numbers the editions of its own and tells all of each change;
 * whoever comes, or has missed something, asks for the whole. The mesh brings the changes of one Node exactly once, in order with what it
 * publishes, so a change that does not follow on the edition held is a rare thing, and so is a question. Now and then two members
 * compare numbers, in case of what nobody thought of.
 *
 * Between the first sight of a member and its table it is `unmet`: what is published meanwhile is kept for it (publishing.ts).
 */
import { integerBelow, type Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { Acquaintance, type EarlyDelta, FIRST_VERSION, LONGEST_UNMET_MS } from './acquaintance.ts';
import type { ClientState } from './client-state.ts';
import { MAX_ADVERTISED, type Pattern } from './contract.ts';
import { type BrokerMessage, type Edition, MAX_CHANGES } from './interest-messages.ts';
import { OwnInterest } from './own-interest.ts';
import { Patience } from './patience.ts';
import type { PeerInterests } from './peer-interests.ts';
import { Readiness } from './readiness.ts';

export interface InterestPort {
  readonly peers: PeerInterests;
  readonly random: Random;
  send(to: NodeId, message: BrokerMessage): void;
  broadcast(message: BrokerMessage): void;
  /** The number of the next broadcast among all that leaves this Node. */
  order(): number;
  /** We know now what that Node wants. */
  met(node: NodeId): void;
  /** It wants nothing (any more), or is gone. */
  gone(node: NodeId): void;
  /** A word of that Node's, in that life of its Broker. */
  life(node: NodeId, epoch: number): void;
  /** Something of a table was more than one Node may have. */
  refused(): void;
}

type Of<Type extends BrokerMessage['type']> = Extract<BrokerMessage, { readonly type: Type }>;
/** What is said of interest. */
type Spoken = Exclude<BrokerMessage, Of<'result' | 'gap'>>;

/** Between two changes that are told: interest that flaps a hundred times a second costs fifty messages. The first goes at once. */
const SPACING_MS = 20;
/** Between two comparisons with a member that the dice choose: one message a minute, however large the Network. */
const COMPARE_MS = 60_000;
/** Of those who ask before we know them. */
const MAX_EARLY = 1_024;
const NEVER = Number.POSITIVE_INFINITY;

export class InterestExchange {
  /** Members of which it is not known what they want, and that are waited for. */
  readonly unmet = new Set<NodeId>();
  /** Those, and the ones that let themselves be waited for in vain before. */
  readonly #asked = new Set<NodeId>();
  readonly own = new OwnInterest();
  readonly #port: InterestPort;
  readonly #members = new Map<NodeId, Acquaintance>();
  readonly #readiness = new Readiness();
  /** With who is unmet, time and again. */
  readonly #patience = new Patience(LONGEST_UNMET_MS);
  /** Asked for our table before we knew them as members. */
  readonly #early = new Set<NodeId>();
  #edition: Edition;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #compareAtMs = NEVER;

  constructor(port: InterestPort) {
    this.#port = port;
    this.#edition = { epoch: port.random.uint32(), version: FIRST_VERSION - 1 };
  }

  get nextWakeAt(): number {
    let at = Math.min(this.#readiness.nextWakeAt, this.#compareAtMs);
    if (!this.own.isTold) at = Math.min(at, this.#toldAtMs + SPACING_MS);
    for (const node of this.#asked) at = Math.min(at, this.#members.get(node)?.nextWakeAt ?? NEVER);
    return at;
  }

  wake(nowMs: number): void {
    this.#tellInTime(nowMs);
    this.#readiness.wake(nowMs);
    for (const node of [...this.#asked]) {
      const member = this.#members.get(node);
      if (member?.isOverdue(nowMs)) {
        member.overdue();
        this.#patience.waited(node, member.unmetSinceMs, nowMs);
        this.#silence(node, member, nowMs);
      } else if (member?.takeQuestion(nowMs)) this.#greet(node, true);
    }
    if (nowMs >= this.#compareAtMs) this.#compare(nowMs);
  }

  joined(node: NodeId, nowMs: number): void {
    if (this.#members.has(node)) return;
    const member = new Acquaintance(nowMs);
    this.#members.set(node, member);
    this.#asked.add(node);
    this.unmet.add(node);
    this.#readiness.joined(node);
    if (member.takeQuestion(nowMs)) this.#greet(node, true);
    if (this.#early.delete(node) && member.takeTable()) this.#sendTable(node);
    if (this.#compareAtMs === NEVER) this.#compareLater(nowMs);
  }

  left(node: NodeId, nowMs: number): void {
    if (!this.#members.delete(node)) return;
    this.#lose(node, nowMs);
    if (this.#members.size === 0) this.#compareAtMs = NEVER;
  }

  /** A word of ours has reached that Node, or will not: our question for its table, or a part of ours. */
  sent(to: NodeId, message: Spoken, hasArrived: boolean, nowMs: number): void {
    const member = this.#members.get(to);
    if (message.type === 'hello' && hasArrived) member?.reached(nowMs);
    else if (message.type === 'table' && message.isLast && member?.tableSent()) this.#sendTable(to);
  }

  /** Something that it told all did not reach us. */
  missed(node: NodeId, nowMs: number): void {
    const member = this.#members.get(node);
    if (member?.state === 'met') this.#meetAnew(node, member, nowMs);
  }

  changed(pattern: Pattern, queue: string | undefined, by: 1 | -1, nowMs: number): void {
    this.own.changed(pattern, queue, by);
    this.#tellInTime(nowMs);
  }

  /** Before a message leaves whose answers come by way of interest that may be new. */
  tellNow(nowMs: number): void {
    if (!this.own.isTold) this.#tell(nowMs);
  }

  /** Acknowledges the subscription that comes next once all who are here know of it. */
  whenReady(client: ClientState, token: number, nowMs: number): void {
    const nodes = [...this.#members].filter(([, { state }]) => state !== 'silent').map(([node]) => node);
    this.#readiness.add(client, token, nodes, nowMs);
  }

  close(): void {
    this.#port.broadcast({ type: 'bye' });
    this.#members.clear();
    this.#asked.clear();
    this.unmet.clear();
  }

  heard(from: NodeId, message: Spoken, nowMs: number): void {
    const member = this.#members.get(from);
    if (message.type !== 'seen' && message.type !== 'bye') this.#port.life(from, message.edition.epoch);
    if (!member) {
      // It knows us as a member, and we shall know it soon: whatever else it says we ask for then.
      if (message.type === 'hello' && message.wantsTable && this.#early.size < MAX_EARLY)
        this.#early.add(from);
      return;
    }
    switch (message.type) {
      case 'delta':
        this.#heardDelta(from, member, message, nowMs);
        return;
      case 'table':
        this.#heardTable(from, member, message, nowMs);
        return;
      case 'hello':
        this.#heardHello(from, member, message, nowMs);
        return;
      case 'seen':
        if (message.edition.epoch === this.#edition.epoch)
          this.#readiness.seen(from, message.edition.version, nowMs);
        return;
      case 'bye':
        this.#silence(from, member, nowMs);
        return;
      default:
        message satisfies never;
    }
  }

  #heardDelta(from: NodeId, member: Acquaintance, delta: EarlyDelta, nowMs: number): void {
    if (member.state === 'silent') this.#meetAnew(from, member, nowMs);
    if (member.state !== 'unmet') {
      this.#apply(from, member, delta, nowMs);
      return;
    }
    member.early(delta);
    this.#meetByChanges(from, member, nowMs);
  }

  /** Its table was empty before the first change. */
  #meetByChanges(from: NodeId, member: Acquaintance, nowMs: number): void {
    const edition = member.beginning;
    if (!edition) return;
    const empty = {
      type: 'table',
      edition,
      wantsSeen: false,
      isFirst: true,
      isLast: true,
      changes: [],
    } as const;
    this.#heardTable(from, member, empty, nowMs);
  }

  #apply(
    from: NodeId,
    member: Acquaintance,
    { edition, wantsSeen, changes }: EarlyDelta,
    nowMs: number,
  ): void {
    const held = member.edition;
    if (!held || held.epoch !== edition.epoch || edition.version > held.version + 1) {
      this.#meetAnew(from, member, nowMs);
      member.heard();
      return;
    }
    if (edition.version === held.version + 1) {
      member.edition = edition;
      for (const change of changes) this.#take(from, change);
    }
    if (wantsSeen) this.#port.send(from, { type: 'seen', edition: member.edition ?? edition });
  }

  #take(from: NodeId, change: { pattern: Pattern; queue: string | undefined; count: number }): void {
    const { peers } = this.#port;
    if (change.count > 0 && peers.sizeOf(from) > MAX_ADVERTISED) this.#port.refused();
    else peers.apply(from, change);
  }

  #heardTable(from: NodeId, member: Acquaintance, table: Of<'table'>, nowMs: number): void {
    const { edition, wantsSeen, isFirst, isLast, changes } = table;
    // Of two tables on their way the first may be older than what it has told since.
    if (member.state === 'silent' || member.isBehind(edition)) this.#meetAnew(from, member, nowMs);
    if (member.state !== 'unmet') return;
    member.heard();
    const whole = member.part(isFirst, isLast, changes, MAX_ADVERTISED + 1);
    if (!whole) return;
    for (const change of whole) this.#take(from, change);
    this.#patience.waited(from, member.unmetSinceMs, nowMs);
    const early = member.met(edition);
    this.#asked.delete(from);
    this.unmet.delete(from);
    if (wantsSeen) this.#port.send(from, { type: 'seen', edition });
    for (const delta of early) {
      if (delta.edition.epoch === edition.epoch && !this.#asked.has(from))
        this.#apply(from, member, delta, nowMs);
    }
    if (!this.#asked.has(from)) this.#port.met(from);
  }

  #heardHello(from: NodeId, member: Acquaintance, { edition, wantsTable }: Of<'hello'>, nowMs: number): void {
    if (member.state === 'silent' || member.isBehind(edition)) {
      this.#meetAnew(from, member, nowMs);
    } else if (member.edition) {
      // It may wait for us to say so.
      this.#port.send(from, { type: 'seen', edition: member.edition });
    }
    member.heard();
    if (!wantsTable) return;
    if (member.takeTable()) this.#sendTable(from);
    member.greeted(edition);
    this.#meetByChanges(from, member, nowMs);
  }

  /** Whatever is known of that member is forgotten, and asked for. Who was silent may have known us all the time: it has to see what is told. */
  #meetAnew(node: NodeId, member: Acquaintance, nowMs: number): void {
    if (member.state === 'silent') this.#readiness.joined(node);
    this.#port.peers.forget(node);
    member.lost(nowMs);
    this.#asked.add(node);
    if (!member.isLate && this.#patience.isFull(node, nowMs)) this.unmet.add(node);
    if (member.takeQuestion(nowMs)) this.#greet(node, true);
  }

  #silence(node: NodeId, member: Acquaintance, nowMs: number): void {
    member.silenced();
    this.#lose(node, nowMs);
  }

  #lose(node: NodeId, nowMs: number): void {
    this.#asked.delete(node);
    this.unmet.delete(node);
    this.#port.peers.forget(node);
    this.#readiness.left(node, nowMs);
    this.#port.gone(node);
  }

  #greet(node: NodeId, wantsTable: boolean): void {
    this.#port.send(node, { type: 'hello', edition: this.#edition, wantsTable });
  }

  #sendTable(to: NodeId): void {
    // What is not told yet will be, as a change of this edition.
    const changes = this.own.told;
    const edition = this.#edition;
    const wantsSeen = this.#readiness.isAwaited;
    for (let at = 0; at === 0 || at < changes.length; at += MAX_CHANGES) {
      const isLast = at + MAX_CHANGES >= changes.length;
      const part = changes.slice(at, at + MAX_CHANGES);
      this.#port.send(to, { type: 'table', edition, wantsSeen, isFirst: at === 0, isLast, changes: part });
    }
  }

  #tellInTime(nowMs: number): void {
    if (!this.own.isTold && nowMs >= this.#toldAtMs + SPACING_MS) this.#tell(nowMs);
  }

  #tell(nowMs: number): void {
    const changes = this.own.take();
    this.#toldAtMs = nowMs;
    for (let at = 0; at < changes.length; at += MAX_CHANGES)
      this.#announce(changes.slice(at, at + MAX_CHANGES));
    // Came and went: whoever waits for it waits for an edition all the same.
    if (changes.length === 0 && this.#readiness.isAwaited) this.#announce([]);
    this.#readiness.told(this.#edition.version, nowMs);
  }

  #announce(changes: Of<'delta'>['changes']): void {
    const { epoch, version } = this.#edition;
    this.#edition = { epoch, version: version + 1 };
    const wantsSeen = this.#readiness.isAwaited;
    const order = this.#port.order();
    this.#port.broadcast({ type: 'delta', edition: this.#edition, order, wantsSeen, changes });
  }

  #compare(nowMs: number): void {
    const nodes = [...this.#members.keys()];
    const node = nodes[integerBelow(this.#port.random, nodes.length)];
    if (node !== undefined) this.#greet(node, false);
    this.#compareLater(nowMs);
  }

  #compareLater(nowMs: number): void {
    this.#compareAtMs = nowMs + COMPARE_MS / 2 + integerBelow(this.#port.random, COMPARE_MS);
  }
}
