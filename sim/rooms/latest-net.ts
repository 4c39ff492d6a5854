/**
 * What a room shows of the living, on many Nodes in virtual time: real LatestStates, and between them a mesh that brings what is multicast and
 * what goes to one Node on paths of their own, so that they overtake each other, and forgets what was on its way when two Nodes part.
 */
import type { LatestEffect, LatestEvent } from '../../src/services/rooms/latest.ts';
import { LatestState } from '../../src/services/rooms/latest.ts';
import { decodeLatest, encodeLatest, type LatestMessage } from '../../src/services/rooms/latest-messages.ts';
import { type NodeId, newNodeId } from '../../src/wire/index.ts';
import { type Life, Lives } from '../lives.ts';

const DETECT_MS = 3_000;
export const KEYS = ['a', 'b', 'c'];
export const CHANNEL = { channel: 'cursors' };
const PRESENCE = { channel: '', key: '' };
const RATE = { updatesPerSecond: 50, bytesPerSecond: 256 * 1024 };

export interface Shower extends Life {
  readonly state: LatestState;
  readonly links: Set<NodeId>;
  /** The newest that was seen of each Node and key: no older one may follow. */
  readonly seen: Map<string, number>;
  /** What it shows now. */
  readonly shows: Map<string, number>;
  readonly heldBack: Set<NodeId>;
}

export class LatestNet extends Lives<Shower, LatestEvent> {
  readonly problems: string[] = [];
  isLost: (() => boolean) | undefined;
  /** Messages that have left. */
  sent = 0;
  #values = 0;
  readonly #freeAtMs = new Map<string, number>();

  add(): Shower {
    const node = this.#made(newNodeId(this.random));
    for (const other of this.alive) this.connect(node, other);
    this.nodes.push(node);
    return node;
  }

  /** The room is closed there and opened again: another session of the same Node. */
  reopen(node: Shower): Shower {
    this.kill(node);
    const again = this.#made(node.id);
    this.nodes.splice(this.nodes.indexOf(node), 1, again);
    for (const other of this.alive) if (other !== again) this.connect(again, other);
    return again;
  }

  connect(a: Shower, b: Shower): void {
    if (!a.isAlive || !b.isAlive || a.links.has(b.id)) return;
    a.links.add(b.id);
    b.links.add(a.id);
    for (const [at, node] of [[a, b.id] as const, [b, a.id] as const]) {
      this.after(this.between(1, 50), () =>
        this.deliver(at, () => at.links.has(node) && this.handle(at, { type: 'peer', node })),
      );
    }
  }

  part(a: Shower, b: Shower): void {
    if (!a.links.delete(b.id)) return;
    b.links.delete(a.id);
    for (const [at, gone] of [[a, b] as const, [b, a] as const]) {
      this.after(this.between(0, DETECT_MS), () => {
        if (!at.links.has(gone.id)) this.deliver(at, () => this.handle(at, { type: 'left', node: gone.id }));
      });
    }
  }

  kill(node: Shower): void {
    node.isAlive = false;
    for (const other of this.alive) this.part(other, node);
  }

  freeze(node: Shower): void {
    node.waiting ??= [];
  }

  thaw(node: Shower): void {
    const waiting = node.waiting ?? [];
    node.waiting = undefined;
    for (const run of waiting) if (node.isAlive) run();
  }

  /** Shows the next value under that key; undefined: as its presence. A tenth of the time it is taken away first. */
  show(node: Shower, key: string | undefined): void {
    this.deliver(node, () => {
      const name = key === undefined ? PRESENCE : { ...CHANNEL, key };
      if (this.between(0, 1) < 0.1) {
        node.shows.delete(`${name.key}`);
        this.#perform(node, node.state.set(name, undefined, this.now()));
      }
      node.shows.set(name.key, ++this.#values);
      this.#perform(node, node.state.set(name, this.#values, this.now()));
    });
  }

  handle(node: Shower, event: LatestEvent): void {
    if (!node.isAlive) return;
    this.#perform(node, node.state.handle(event, this.now()));
  }

  #made(id: NodeId): Shower {
    const [key, certificate] = [this.random.bytes(32), this.random.bytes(64)];
    const state = new LatestState({
      rate: RATE,
      session: this.random.uint32(),
      credentials: () => ({ key, certificate }),
      mayWrite: () => true,
    });
    return {
      ...{ id, state, links: new Set(), seen: new Map(), shows: new Map(), heldBack: new Set() },
      ...{ isAlive: true, waiting: undefined, wakeAtMs: Number.POSITIVE_INFINITY },
    };
  }

  #perform(node: Shower, effects: readonly LatestEffect[]): void {
    for (const effect of effects) this.#performOne(node, effect);
    this.wakeLater(node);
  }

  #performOne(node: Shower, effect: LatestEffect): void {
    switch (effect.type) {
      case 'spread':
        for (const to of node.links) this.#send(node, to, effect.message, 'multicast');
        // Under load it takes its time.
        this.after(this.between(0, 200), () => this.deliver(node, () => this.handle(node, { type: 'sent' })));
        return;
      case 'tell':
        this.#send(node, effect.to, effect.message, 'unicast');
        return;
      case 'set': {
        const { entry } = effect;
        if (typeof entry.value !== 'number') return;
        const name = `${effect.node} ${entry.key}`;
        if (entry.value < (node.seen.get(name) ?? 0)) this.problems.push('R8: a value goes back');
        node.seen.set(name, entry.value);
        return;
      }
      case 'heldBack':
        node.heldBack.add(effect.node);
        return;
      case 'refused':
        this.problems.push(`an honest Node was refused: ${effect.reason}`);
        return;
      case 'said':
        return;
    }
  }

  #send(from: Shower, to: NodeId, message: LatestMessage, path: string): void {
    this.sent++;
    const target = this.nodes.find(({ id, isAlive }) => id === to && isAlive);
    if (!target || this.isLost?.()) return;
    const lane = `${from.id} ${to} ${path}`;
    const atMs = Math.max(this.now() + this.between(1, 120), this.#freeAtMs.get(lane) ?? 0);
    this.#freeAtMs.set(lane, atMs);
    const body = encodeLatest(message);
    this.after(atMs - this.now(), () => {
      if (!target.isAlive || !target.links.has(from.id)) return;
      const open = (): LatestMessage | undefined => decodeLatest(body);
      this.deliver(target, () =>
        this.handle(target, { type: 'received', from: from.id, bytes: body.length, open }),
      );
    });
  }
}
