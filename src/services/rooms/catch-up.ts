/**
 * Getting what others have and we do not. Whoever is asked is told what we know (our newest checkpoint and heads, then what lies 1, 2, 4,
 * 8 ... back in the order) and answers with a piece of what comes after, in order, and how much is left; the next question then knows that
 * piece. So a giver keeps nothing between two pieces, and when it dies another goes on at the last good hash. Heads are compared with who has
 * the same checkpoint: who has an older one will ask.
 *
 * Updates mostly come by themselves: a question waits a little. A giver that does not give what it said it has is not believed, and rests.
 * Nobody is to hold up the rest: givers are asked in turn, and while one takes long, by its Link or by intent, another is asked as well.
 */
import type { NodeId } from '../../wire/index.ts';
import { isCheckpoint } from './checkpoint.ts';
import type { UpdateHash } from './contract.ts';
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
/** For so long it is worth waiting for an answer before the room is closed without it. A guess. */
const WORTH_MS = 30_000;
/** A path may be slow; who leaves so many questions unanswered has not given what it said it has. */
const MAX_UNANSWERED = 3;
/** Then another is asked as well, or after twice what the last answer took: at 400 kbit/s the largest is there by then. A guess. */
const SLOW_MS = 5_000;
/** At once, all but the last of them slow: more would be a flood on a Link of our own that is narrow. */
const MAX_ASKED = 4;
/** Whoever says that more is to come has given more than that, but for a large update that did not fit. */
const LEAST_OF_MANY_BYTES = 16 * 1024;

const NEVER = Number.POSITIVE_INFINITY;

type Seen = Pick<History, 'dag' | 'count' | 'tipHash' | 'has' | 'knows'>;

type Promised = Pick<Peer, 'checkpoint' | 'heads'>;

/** Of whoever is asked. */
interface Asked {
  readonly atMs: number;
  /** What it had said to have by then: what it says later need not be in its answer. */
  readonly promised: Promised;
}

export class CatchUp {
  readonly #history: Seen;
  readonly #peers: Peers;
  #askAtMs = NEVER;
  readonly #asked = new Map<NodeId, Asked>();
  #slowMs = SLOW_MS;

  constructor(history: Seen, peers: Peers) {
    this.#history = history;
    this.#peers = peers;
  }

  get nextWakeAt(): number {
    return Math.max(this.#askAtMs, this.#mayAtMs);
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

  /** Whether what is missing may be here soon: nobody waits for who takes long, or says so and gives nothing. */
  mayCome(nowMs: number): boolean {
    for (const peer of this.#peers) {
      const isLate = nowMs - (this.#asked.get(peer.node)?.atMs ?? nowMs) >= WORTH_MS;
      if (this.#lacks(peer) && peer.unanswered === 0 && !peer.isSlow && !isLate) return true;
    }
    return false;
  }

  /** It has said what it has. */
  heard(node: NodeId, nowMs: number): void {
    const peer = this.#peers.get(node);
    if (peer && this.#peers.isDoubted(node, nowMs)) this.#disbelieve(peer);
  }

  /** Whether that Node has, as it says, something that is not here. */
  isBehind(node: NodeId): boolean {
    const peer = this.#peers.get(node);
    return peer !== undefined && this.#lacks(peer);
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
    for (const peer of this.#peers)
      if (this.#mayBeAsked(peer)) soonest = Math.min(soonest, peer.restsUntilMs);
    this.#askAtMs =
      soonest === NEVER ? NEVER : Math.max(soonest, nowMs + (behind < FAR_BEHIND ? GRACE_MS : 0));
  }

  /** Whom to ask now; undefined when it is not the time, or there is nobody. */
  ask(order: readonly Update[], nowMs: number): { to: NodeId; known: Known } | undefined {
    if (nowMs < this.nextWakeAt) return undefined;
    this.#askAtMs = NEVER;
    let best: Peer | undefined;
    for (const peer of this.#peers) {
      if (peer.restsUntilMs <= nowMs && this.#mayBeAsked(peer) && (!best || isBefore(peer, best)))
        best = peer;
    }
    if (!best) {
      this.look(nowMs);
      return undefined;
    }
    for (const node of this.#asked.keys()) {
      const slow = this.#peers.get(node);
      if (slow) slow.isSlow = true;
    }
    const { node, checkpoint, heads } = best;
    best.askedAtMs = nowMs;
    this.#asked.set(node, { atMs: nowMs, promised: { checkpoint, heads } });
    const { tipHash, dag } = this.#history;
    return { to: node, known: { checkpoint: tipHash, hashes: knownOf(dag.heads, order) } };
  }

  /** After the updates of the answer have been added. False: it is to blame. @param hasHelped whether any was new */
  answered(from: NodeId, answer: CatchUpAnswer | undefined, hasHelped: boolean, nowMs: number): boolean {
    const asked = this.#asked.get(from);
    if (!asked) return true;
    const { promised, atMs } = asked;
    this.#asked.delete(from);
    this.#askAtMs = NEVER;
    const peer = this.#peers.get(from);
    if (peer) this.#note(peer, answer, nowMs - atMs);
    if (answer && answer.left > 0 && hasHelped && !this.#dawdles(peer, answer)) {
      this.#askAtMs = nowMs;
      return true;
    }
    const isOwed = !answer?.isSnapshot && this.#lacks(promised);
    const mayCome = !answer && (peer?.unanswered ?? 0) % MAX_UNANSWERED !== 0;
    if (peer && isOwed) {
      peer.restsUntilMs = nowMs + REST_MS;
      // What did not come may come yet; what was not given when asked for does not count until it says so again.
      if (!mayCome) {
        this.#disbelieve(peer);
        this.#peers.doubt(from, nowMs);
      }
    }
    this.look(nowMs);
    // It may have another since, which counts and does not follow from the one that it had.
    const isAnother = promised.checkpoint !== this.#history.tipHash || answer?.items.some(isCheckpoint);
    if (answer && isAnother) return true;
    return !isOwed || mayCome;
  }

  #disbelieve(peer: Peer): void {
    const { tipHash } = this.#history;
    if (peer.checkpoint !== tipHash && !this.#history.knows(peer.checkpoint))
      this.#peers.isAt(peer.node, tipHash);
    else peer.heads = new Set([...(peer.heads ?? [])].filter((hash) => this.#history.has(hash)));
  }

  #note(peer: Peer, answer: CatchUpAnswer | undefined, tookMs: number): void {
    peer.unanswered = answer ? 0 : peer.unanswered + 1;
    peer.isSlow = !answer || tookMs >= this.#slowMs;
    if (!answer) return;
    // Step by step: one that is slow by intent is not to say how long the others may take.
    this.#slowMs = Math.max(SLOW_MS, Math.min(2 * tookMs, 2 * this.#slowMs));
  }

  /** Once it may be that the next one did not fit. */
  #dawdles(peer: Peer | undefined, { items }: CatchUpAnswer): boolean {
    const hadDawdled = peer?.hasDawdled ?? false;
    const isLittle = items.reduce((bytes, { length }) => bytes + length, 0) < LEAST_OF_MANY_BYTES;
    if (peer) peer.hasDawdled = isLittle;
    return isLittle && hadDawdled;
  }

  /** When another may be asked beside those that are. */
  get #mayAtMs(): number {
    if (this.#asked.size >= MAX_ASKED) return NEVER;
    let lastMs = Number.NEGATIVE_INFINITY;
    for (const { atMs } of this.#asked.values()) lastMs = Math.max(lastMs, atMs);
    return lastMs + this.#slowMs;
  }

  #mayBeAsked(peer: Peer): boolean {
    return !this.#asked.has(peer.node) && this.#lacks(peer);
  }

  left(node: NodeId, nowMs: number): void {
    this.#asked.delete(node);
    this.#askAtMs = NEVER;
    this.look(nowMs);
  }

  /** What a peer has, or had when it was asked. Looked at with everything that happens: nothing is copied. */
  #lacks({ checkpoint, heads }: Promised): boolean {
    if (checkpoint !== this.#history.tipHash) return !this.#history.knows(checkpoint);
    for (const hash of heads ?? []) if (!this.#history.has(hash)) return true;
    return false;
  }
}

/** Each in turn, who has most first; those that make others wait when nobody else has it. */
function isBefore(a: Peer, b: Peer): boolean {
  const trouble = Number(a.isSlow) + a.unanswered - (Number(b.isSlow) + b.unanswered);
  if (trouble !== 0) return trouble < 0;
  if (a.askedAtMs !== b.askedAtMs) return a.askedAtMs < b.askedAtMs;
  return a.count > b.count;
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
