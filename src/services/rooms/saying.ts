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

export interface Due {
  readonly to: readonly NodeId[];
  readonly isToAll: boolean;
  /** As authors, each for itself. */
  readonly thanked: readonly NodeId[];
  /** Which question of theirs it answers. They are not among the others. */
  readonly answers: ReadonlyMap<NodeId, number>;
}

export class Saying {
  readonly #self: NodeId;
  readonly #peers: Peers;
  /** Who is to be told, or thanked, and when. */
  readonly #to = new Map<NodeId, number>();
  readonly #thanks = new Map<NodeId, number>();
  /** The last one of each that is to be told. */
  #questions = new Map<NodeId, number>();
  #toAllAtMs = NEVER;
  #toAllAtLatestMs = NEVER;

  constructor(self: NodeId, peers: Peers) {
    this.#self = self;
    this.#peers = peers;
  }

  get nextWakeAt(): number {
    return this.#peers.size === 0
      ? NEVER
      : Math.min(this.#toAllAtMs, ...this.#to.values(), ...this.#thanks.values());
  }

  /** That Node is to know, now. @param question that it asked */
  to(node: NodeId, nowMs: number, question?: number): void {
    if (question === undefined) this.#to.set(node, nowMs);
    else this.#questions.set(node, question);
    this.#thanks.delete(node);
    if (this.#toAllAtMs === NEVER) this.#toAllAtMs = nowMs + BEAT_MS;
  }

  /** Its author is told that this update has arrived, if that is for us to do. */
  thank(author: NodeId, hash: UpdateHash, nowMs: number): void {
    const own = rank(hash, this.#self);
    let before = 0;
    for (const { node, isPassing } of this.#peers)
      if (node !== author && !isPassing && rank(hash, node) < own) before++;
    const afterMs = THANK_AFTER_MS[before];
    if (afterMs === undefined) return;
    this.#thanks.set(author, Math.min(this.#thanks.get(author) ?? NEVER, nowMs + afterMs));
  }

  /** We have something that we had not. */
  changed(nowMs: number): void {
    if (this.#toAllAtLatestMs === NEVER) this.#toAllAtLatestMs = nowMs + AT_LATEST_MS;
    this.#toAllAtMs = Math.min(nowMs + QUIET_MS, this.#toAllAtLatestMs);
  }

  /** Who is told now what we have. */
  due(nowMs: number): Due {
    const answers = this.#questions;
    this.#questions = new Map();
    for (const node of answers.keys()) {
      this.#to.delete(node);
      if (!this.#peers.get(node)) answers.delete(node);
    }
    if (nowMs >= this.#toAllAtMs) {
      this.#to.clear();
      this.#thanks.clear();
      this.#toAllAtMs = nowMs + BEAT_MS;
      this.#toAllAtLatestMs = NEVER;
      const to = this.#peers.nodes.filter((node) => !answers.has(node));
      return { to, isToAll: true, thanked: [], answers };
    }
    const [to, thanked] = [this.#dueOf(this.#to, nowMs), this.#dueOf(this.#thanks, nowMs)];
    return { to, isToAll: false, thanked, answers };
  }

  #dueOf(waiting: Map<NodeId, number>, nowMs: number): readonly NodeId[] {
    const due = [...waiting].filter(([, atMs]) => nowMs >= atMs).map(([node]) => node);
    for (const node of due) waiting.delete(node);
    return due.filter((node) => this.#peers.get(node));
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
