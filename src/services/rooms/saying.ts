/**
 * When this Node says what it has. To the author of an update soon, if it is one of the two that thank for it: all would be a message of
 * each for each. To everybody when it has been quiet for a while, and seldom anyhow, so that nothing that was lost stays lost.
 */
import type { NodeId } from '../../wire/index.ts';
import type { UpdateHash } from './contract.ts';
import type { Peers } from './peers.ts';

/** Those that thank for an update, and when: several of one burst are thanked for at once. One is enough, but it may be slow, or gone. */
const THANK_AFTER_MS = [20, 200];
/** After the last change: while updates follow each other they say who has what. */
const QUIET_MS = 500;
/** ... but not for ever. */
const AT_LATEST_MS = 3_000;
/** A guess: what no message told by then was lost with a Link. */
const BEAT_MS = 15_000;

const NEVER = Number.POSITIVE_INFINITY;

export class Saying {
  readonly #self: NodeId;
  readonly #peers: Peers;
  /** Who is to be told, and when. */
  readonly #to = new Map<NodeId, number>();
  #toAllAtMs = NEVER;
  #toAllAtLatestMs = NEVER;

  constructor(self: NodeId, peers: Peers) {
    this.#self = self;
    this.#peers = peers;
  }

  get nextWakeAt(): number {
    return this.#peers.size === 0 ? NEVER : Math.min(this.#toAllAtMs, ...this.#to.values());
  }

  /** That Node is to know, now. */
  to(node: NodeId, nowMs: number): void {
    this.#to.set(node, nowMs);
    if (this.#toAllAtMs === NEVER) this.#toAllAtMs = nowMs + BEAT_MS;
  }

  /** Its author is told that this update has arrived, if that is for us to do. */
  thank(author: NodeId, hash: UpdateHash, nowMs: number): void {
    const own = rank(hash, this.#self);
    let before = 0;
    for (const { node } of this.#peers) if (node !== author && rank(hash, node) < own) before++;
    const afterMs = THANK_AFTER_MS[before];
    if (afterMs !== undefined) this.#to.set(author, Math.min(this.#to.get(author) ?? NEVER, nowMs + afterMs));
  }

  /** We have something that we had not. */
  changed(nowMs: number): void {
    if (this.#toAllAtLatestMs === NEVER) this.#toAllAtLatestMs = nowMs + AT_LATEST_MS;
    this.#toAllAtMs = Math.min(nowMs + QUIET_MS, this.#toAllAtLatestMs);
  }

  /** Who is told now what we have; undefined: nobody. */
  due(nowMs: number): { readonly to: readonly NodeId[]; readonly isToAll: boolean } | undefined {
    const all = this.#peers.nodes;
    if (nowMs >= this.#toAllAtMs) {
      this.#to.clear();
      this.#toAllAtMs = nowMs + BEAT_MS;
      this.#toAllAtLatestMs = NEVER;
      return { to: all, isToAll: true };
    }
    const due = [...this.#to].filter(([, atMs]) => nowMs >= atMs).map(([node]) => node);
    if (due.length === 0) return undefined;
    for (const node of due) this.#to.delete(node);
    return { to: due.filter((node) => this.#peers.get(node)), isToAll: false };
  }
}

/** FNV-1a: which Nodes thank for an update changes from one to the next. */
function rank(hash: UpdateHash, node: NodeId): number {
  let mixed = 0x811c9dc5;
  for (const text of [hash.slice(0, 8), node]) {
    for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  }
  return mixed >>> 0;
}
