/**
 * Those who are no neighbours: keeps the network table up to date with the View, asks now and then whether they live, asks
 * others for their tables and answers when asked for ours.
 */
import { FrameType, type NodeId } from '../../wire/index.ts';
import type { NodeHealth, TableEntry } from '../contract.ts';
import { NEVER } from '../protocol.ts';
import type { Failure, Token } from '../vocabulary.ts';
import type { HealthEffect, HealthOptions } from './contract.ts';
import type { LinkHealth } from './link-health.ts';
import { NetworkTable, PROOF_LASTS_MS } from './network-table.ts';
import type { RoutedPings } from './routed-pings.ts';
import { encodeAnswer, parseEntries, parsePeers, TableExchange } from './table-exchange.ts';

/** How often old proof is looked for, and how often newcomers of the View and those that it misses. */
const SWEEP_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 3000;

export interface KnownNodesOptions extends HealthOptions {
  readonly links: ReadonlyMap<NodeId, LinkHealth>;
  readonly pings: RoutedPings;
}

export class KnownNodes {
  readonly #options: KnownNodesOptions;
  readonly #table: NetworkTable;
  readonly #exchange: TableExchange;
  #nextSweepAt: number;
  #nextLookAt: number;
  /** Of the View, when it was looked at last. */
  #seenRevision = -1;

  constructor(options: KnownNodesOptions, now: number) {
    this.#options = options;
    this.#table = new NetworkTable(now);
    this.#exchange = new TableExchange(options.random, now);
    this.#nextSweepAt = now + LOOK_EVERY_MS;
    this.#nextLookAt = now + LOOK_EVERY_MS;
  }

  get nextWakeAt(): number {
    const { nextWakeAt } = this.#exchange;
    // Alone there is nobody to know.
    if (this.#options.links.size === 0 && this.#table.size === 0) return nextWakeAt;
    return Math.min(nextWakeAt, this.#nextSweepAt, this.#nextLookAt, this.#table.nextCheckAt);
  }

  health(id: NodeId, now: number): NodeHealth {
    return this.#table.health(id, now);
  }

  rttMs(id: NodeId): number | undefined {
    return this.#table.rttMs(id);
  }

  loss(id: NodeId): number {
    return this.#table.loss(id);
  }

  /** A frame that only it can have made. Whether it is healthy now and was not before. */
  proof(id: NodeId, now: number): boolean {
    return this.#table.proof(id, now);
  }

  /** It answered a ping. Whether it is healthy now and was not before. */
  answered(id: NodeId, rttMs: number, now: number): boolean {
    return this.#table.answered(id, rttMs, now);
  }

  /** It did not answer a ping. Whether it is suspected now and was not before. */
  failed(id: NodeId, now: number): boolean {
    return this.#table.failed(id, now);
  }

  becameNeighbour(id: NodeId): void {
    this.#table.forget(id);
  }

  wasNeighbour(id: NodeId, link: LinkHealth, now: number): void {
    const lastProofAt = link.health === 'dead' ? undefined : link.lastHeardAt;
    this.#table.demote(id, { lastProofAt, rttMs: link.rttMs }, this.#options.view.has(id), now);
  }

  /** Ask it soon. */
  worry(id: NodeId, now: number): void {
    this.#table.worry(id, now);
  }

  /** It asked us. That may be an old frame of it and is no proof; but one that was silent may be back. */
  wasAskedBy(id: NodeId, now: number): void {
    if (this.#table.health(id, now) === 'suspected') this.#table.worry(id, now);
  }

  left(id: NodeId): readonly HealthEffect[] {
    this.#table.forget(id);
    return this.#exchange.fail(id, { reason: 'left', because: 'it left the mesh' });
  }

  cancel(token: Token): readonly HealthEffect[] {
    return this.#exchange.cancel(token);
  }

  close(failure: Failure): readonly HealthEffect[] {
    return this.#exchange.fail(undefined, failure);
  }

  /** Neighbours and all others. */
  table(now: number): TableEntry[] {
    const { links, router } = this.#options;
    const entries: TableEntry[] = [];
    for (const [id, link] of links) {
      const lastProofMs = Math.max(0, now - link.lastHeardAt);
      entries.push({ id, heardFrom: id, lastProofMs, rttMs: link.rttMs, loss: link.loss });
    }
    for (const { id, heardFrom, lastProofAt, rttMs, loss } of this.#table.known()) {
      if (links.has(id)) continue;
      const lastProofMs = lastProofAt === undefined ? undefined : Math.max(0, now - lastProofAt);
      // Whose record came to us came by the neighbour that leads there, as far as anyone can tell.
      const from = heardFrom ?? router.route(id)?.nextHop ?? id;
      entries.push({ id, heardFrom: from, lastProofMs, rttMs, loss });
    }
    return entries;
  }

  ask(token: Token, target: NodeId, timeoutMs: number, now: number): HealthEffect {
    const { links, router, self } = this.#options;
    if (target === self) return { type: 'table', token, entries: this.table(now) };
    if (!links.has(target) && router.route(target) === undefined)
      return { type: 'settled', tokens: [token], failure: { reason: 'unreachable' } };
    return this.#exchange.ask(token, target, timeoutMs, now);
  }

  /** A `peers` frame. Answers why it could not be used, or has pushed what to do. */
  onPeers(source: NodeId, body: Uint8Array, now: number, effects: HealthEffect[]): string | undefined {
    const peers = parsePeers(body);
    if (!peers) return 'malformed';
    if (peers.type === 'question') {
      if (!this.#exchange.mayAnswer(source, now)) return 'too many questions';
      const answer = encodeAnswer(peers.id, this.#heardLately(source, now));
      effects.push({ type: 'route', target: source, frameType: FrameType.peers, body: answer });
      return undefined;
    }
    const token = this.#exchange.answered(source, peers.id);
    if (token === undefined) return 'nobody asked';
    const { links, self, view } = this.#options;
    const entries = parseEntries(peers.entries);
    for (const { id } of entries) {
      if (id !== self && !links.has(id)) this.#table.learn(id, source, view.has(id), now);
    }
    effects.push({ type: 'table', token, entries });
    return undefined;
  }

  doDue(now: number, effects: HealthEffect[]): void {
    const { links, pings, router } = this.#options;
    if (now >= this.#exchange.nextWakeAt) effects.push(...this.#exchange.wake(now));
    if (now >= Math.min(this.#nextSweepAt, this.#nextLookAt)) this.#look(now, effects);
    if (now < this.#table.nextCheckAt) return;
    const target = this.#table.takeCheck(now);
    if (target === undefined || links.has(target) || router.route(target) === undefined) return;
    effects.push(pings.ping(target, undefined, now));
  }

  /** For others: only whom we heard ourselves within the last minute, the latest first. */
  #heardLately(asker: NodeId, now: number): TableEntry[] {
    const ageOf = ({ lastProofMs = NEVER }: TableEntry): number => lastProofMs;
    return this.table(now)
      .filter((entry) => entry.id !== asker && ageOf(entry) <= PROOF_LASTS_MS)
      .sort((a, b) => ageOf(a) - ageOf(b));
  }

  /** Newcomers of the View into the table, those that it misses out of it, and old proof looked for now and then. */
  #look(now: number, effects: HealthEffect[]): void {
    const { links, self, view } = this.#options;
    this.#nextLookAt = now + LOOK_EVERY_MS;
    const changed = view.changed(this.#seenRevision);
    this.#seenRevision = view.revision;
    for (const id of changed ?? view.ids()) {
      if (!view.has(id)) {
        if (this.#table.isInView(id)) this.#table.forget(id);
        continue;
      }
      if (links.has(id) || id === self || this.#table.isInView(id)) continue;
      this.#table.learn(id, undefined, true, now);
    }
    const mayMissSome = changed === undefined;
    if (now < this.#nextSweepAt && !mayMissSome) return;
    if (now >= this.#nextSweepAt) this.#nextSweepAt = now + SWEEP_EVERY_MS;
    for (const news of this.#table.sweep((id) => view.has(id), mayMissSome, now)) {
      effects.push({ type: 'health-changed', ...news });
    }
  }
}
