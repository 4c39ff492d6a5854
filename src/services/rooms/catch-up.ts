/**
 * Getting what others have and we do not. Whoever is asked is told what we know (our newest checkpoint and heads, then what lies 1, 2, 4,
 * 8 ... back in the order) and answers with a piece of what comes after, in order, and how much is left; the next question then knows that
 * piece. So a giver keeps nothing between two pieces, and when it dies another goes on at the last good hash. Heads are compared with who has
 * the same checkpoint: who has an older one will ask.
 *
 * Updates mostly come by themselves: a question waits a little. A giver that does not give what it said it has is not believed, and rests.
 */
import type { NodeId } from '../../wire/index.ts';
import { isCheckpoint } from './checkpoint.ts';
import type { CheckpointHash, UpdateHash } from './contract.ts';
import type { Dag } from './dag.ts';
import type { History } from './history.ts';
import { type CatchUpAnswer, type Known, MAX_HEADS } from './messages.ts';
import type { Peer, Peers } from './peers.ts';
import type { Update } from './update.ts';

/** Longer than an update takes from its author over the mesh's tree, mostly. A guess. */
const GRACE_MS = 150;
/** So many missing are no updates on their way. */
const FAR_BEHIND = 16;
/** Until a giver that did not give is asked again: it may have been our Link. */
const REST_MS = 5_000;
/** A path may be slow; who leaves so many questions unanswered has not given what it said it has. */
const MAX_UNANSWERED = 3;

const NEVER = Number.POSITIVE_INFINITY;

type Seen = Pick<History, 'dag' | 'count' | 'tipHash' | 'has' | 'knows'>;

interface Promised {
  readonly checkpoint: CheckpointHash;
  readonly heads: readonly UpdateHash[];
}

export class CatchUp {
  readonly #history: Seen;
  readonly #peers: Peers;
  #askAtMs = NEVER;
  /** Who is asked, and what it had said to have by then: what it says later need not be in its answer. */
  #asked: { readonly giver: NodeId; readonly promised: Promised } | undefined;

  constructor(history: Seen, peers: Peers) {
    this.#history = history;
    this.#peers = peers;
  }

  get nextWakeAt(): number {
    return this.#asked ? NEVER : this.#askAtMs;
  }

  /** How many updates are known to exist that are not here. */
  get behind(): number {
    const { dag, count } = this.#history;
    let behind = 0;
    for (const peer of this.#peers) {
      if (this.#lacks(peer)) behind = Math.max(behind, peer.count - count, dag.waiting, 1);
    }
    return behind;
  }

  /** Something may be missing since: sets the time of the next question. */
  look(nowMs: number): void {
    const behind = this.behind;
    if (behind === 0) {
      this.#askAtMs = NEVER;
      return;
    }
    const isDue = this.#askAtMs <= nowMs;
    if (isDue || (this.#askAtMs !== NEVER && behind < FAR_BEHIND)) return;
    let soonest = NEVER;
    for (const peer of this.#peers) if (this.#lacks(peer)) soonest = Math.min(soonest, peer.restsUntilMs);
    this.#askAtMs =
      soonest === NEVER ? NEVER : Math.max(soonest, nowMs + (behind < FAR_BEHIND ? GRACE_MS : 0));
  }

  /** Whom to ask now; undefined when it is not the time, or there is nobody. */
  ask(order: readonly Update[], nowMs: number): { to: NodeId; known: Known } | undefined {
    if (this.#asked || nowMs < this.#askAtMs) return undefined;
    this.#askAtMs = NEVER;
    let best: Peer | undefined;
    for (const peer of this.#peers) {
      if (peer.restsUntilMs <= nowMs && this.#lacks(peer) && peer.count >= (best?.count ?? 0)) best = peer;
    }
    if (!best) {
      this.look(nowMs);
      return undefined;
    }
    const { checkpoint, heads } = best;
    this.#asked = { giver: best.node, promised: { checkpoint, heads: [...(heads ?? [])] } };
    const { tipHash, dag } = this.#history;
    return { to: best.node, known: { checkpoint: tipHash, hashes: knownOf(dag.heads, order) } };
  }

  /** After the updates of the answer have been added. Whether the giver gave what it said it has. @param hasHelped whether any was new */
  answered(from: NodeId, answer: CatchUpAnswer | undefined, hasHelped: boolean, nowMs: number): boolean {
    if (from !== this.#asked?.giver) return true;
    const { promised } = this.#asked;
    this.#asked = undefined;
    this.#askAtMs = NEVER;
    const peer = this.#peers.get(from);
    if (peer) peer.unanswered = answer ? 0 : peer.unanswered + 1;
    if (answer && answer.left > 0 && hasHelped) {
      this.#askAtMs = nowMs;
      return true;
    }
    const isOwed = !answer?.isSnapshot && this.#isOwed(promised);
    if (peer && isOwed) {
      peer.restsUntilMs = nowMs + REST_MS;
      // What did not come may come yet; what was not given when asked for does not count until it says so again.
      if (answer && peer.checkpoint !== this.#history.tipHash) this.#peers.isAt(from, this.#history.tipHash);
      else if (answer)
        peer.heads = new Set([...(peer.heads ?? [])].filter((hash) => this.#history.has(hash)));
    }
    this.look(nowMs);
    // It may have another since, which counts and does not follow from the one that it had.
    const isAnother = promised.checkpoint !== this.#history.tipHash || answer?.items.some(isCheckpoint);
    if (answer && isAnother) return true;
    return !isOwed || (!answer && (peer?.unanswered ?? 0) % MAX_UNANSWERED !== 0);
  }

  left(node: NodeId, nowMs: number): void {
    if (this.#asked?.giver === node) this.#asked = undefined;
    this.#askAtMs = NEVER;
    this.look(nowMs);
  }

  #lacks({ heads, checkpoint }: Peer): boolean {
    return this.#isOwed({ checkpoint, heads: [...(heads ?? [])] });
  }

  #isOwed({ checkpoint, heads }: Promised): boolean {
    if (checkpoint !== this.#history.tipHash) return !this.#history.knows(checkpoint);
    return heads.some((hash) => !this.#history.has(hash));
  }
}

/** The deepest heads, as many as a message holds. */
export function headsToSay(heads: Iterable<UpdateHash>, dag: Dag): readonly UpdateHash[] {
  const depthOf = (hash: UpdateHash): number => dag.get(hash)?.depth ?? 0;
  return [...heads].sort((a, b) => depthOf(b) - depthOf(a) || (a < b ? -1 : 1)).slice(0, MAX_HEADS);
}

function knownOf(heads: Iterable<UpdateHash>, order: readonly Update[]): readonly UpdateHash[] {
  const known = new Set<UpdateHash>();
  for (const head of heads) if (known.size < MAX_HEADS) known.add(head);
  for (let back = 1; back <= order.length; back *= 2) {
    const update = order[order.length - back];
    if (update) known.add(update.hash);
  }
  return [...known];
}
