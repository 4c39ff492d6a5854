/**
 * One chain of checkpoints out of two, the same on every Node, whatever came to it first. Two chains first differ at some number: there the
 * later epoch counts, for somebody was removed, then the later term, for who takes the role has to be believed, and of one term the lower hash. What the other had made final is not any
 * more, and everybody is told. That happens when the role was taken from a device that was not lost, or when an administrator lies.
 */
import type { Checkpoint } from './checkpoint.ts';
import { isRotation, NO_CHECKPOINT } from './checkpoint.ts';
import type { CheckpointHash, EpochId } from './contract.ts';
import type { Members } from './members.ts';

export type Verdict =
  /** It is the last one here, or before it. */
  | { readonly type: 'known' }
  /** The one after the last one here. */
  | { readonly type: 'next' }
  /** Of the same chain, and what is between them is not here. */
  | { readonly type: 'later' }
  /** Of another chain, which does not count. */
  | { readonly type: 'loses' }
  /** Of another chain, which counts from that number on. */
  | { readonly type: 'wins'; readonly from: number };

/** @param tip the last one here; undefined at the room's beginning */
export function judge(tip: Checkpoint | undefined, other: Checkpoint): Verdict {
  if (!tip) return { type: other.number === 1 ? 'next' : 'later' };
  const least = Math.min(tip.number, other.number);
  let differs: number | undefined;
  for (let number = least; number >= 0; number--) {
    const [own, theirs] = [hashAt(tip, number), hashAt(other, number)];
    if (own === undefined || theirs === undefined) break;
    if (own !== theirs) differs = number;
    else if (differs !== undefined) return between(tip, other, differs);
    else if (number === other.number) return { type: 'known' };
    else return { type: other.number === number + 1 ? 'next' : 'later' };
  }
  return differs === undefined ? fromAfar(tip, other) : between(tip, other, differs);
}

/** How often the keys have changed up to that one. */
export function epochOf({ turns }: Pick<Checkpoint, 'turns'>): number {
  return turns.length;
}

/** Which term the checkpoint of that number in its chain is of. */
export function termAt({ takes }: Checkpoint, number: number): number {
  return takes.filter((take) => take <= number).length;
}

/** Undefined: this one does not say. */
export function hashAt({ hash, number, previous }: Checkpoint, at: number): CheckpointHash | undefined {
  if (at === 0) return NO_CHECKPOINT;
  return at === number ? hash : previous[number - 1 - at];
}

/** Whether it may follow: it was made by whom the one before it names, or begins a term; with the same keys, or those that it makes of them. */
export function follows(
  tip: Checkpoint | undefined,
  next: Checkpoint,
  keys: { readonly before: EpochId; readonly after: EpochId | undefined },
): boolean {
  const takes = tip?.takes ?? [];
  const turns = tip?.turns ?? [];
  if (!turns.every((turn, i) => next.turns[i] === turn)) return false;
  if (isRotation(next)) {
    if (keys.after !== keys.before || next.turns.length !== turns.length + 1) return false;
  } else if (next.epoch !== keys.before || next.turns.length !== turns.length) return false;
  const isSame = takes.every((take, i) => next.takes[i] === take);
  if (!isSame || (tip && next.previous.some((hash, i) => hash !== hashAt(tip, tip.number - i)))) return false;
  if (next.takes.length === takes.length) return tip?.next === next.author;
  return next.takes.length === takes.length + 1 && next.takes.at(-1) === next.number;
}

/**
 * It would undo a rotation, and its author was no administrator when that was made: whoever was removed keeps the old keys, and could begin
 * another chain with them.
 * @param isOurs whether its keys come from ours
 */
export function isOfAnotherTime(
  verdict: Verdict,
  { author }: Checkpoint,
  {
    tip,
    members,
    isOurs,
  }: { readonly tip: Checkpoint | undefined; readonly members: Members; readonly isOurs: boolean },
): boolean {
  const turn = tip?.turns.at(-1) ?? 0;
  const isUndone = verdict.type === 'wins' && turn >= verdict.from;
  // From afar it is not seen where they part, only that its keys do not come from ours.
  const isOther = verdict.type === 'later' && turn > 0 && !isOurs;
  if (!isUndone && !isOther) return false;
  return ![...members.values()].some((one) => one.author === author && one.grant === 'admin');
}

function between(tip: Checkpoint, other: Checkpoint, number: number): Verdict {
  const epochs = epochOf(other) - epochOf(tip);
  if (epochs !== 0) return epochs > 0 ? { type: 'wins', from: number } : { type: 'loses' };
  const terms = termAt(other, number) - termAt(tip, number);
  const [own, theirs] = [hashAt(tip, number) ?? '', hashAt(other, number) ?? ''];
  return terms > 0 || (terms === 0 && theirs < own) ? { type: 'wins', from: number } : { type: 'loses' };
}

/** They are too far from each other to see where they part: what is later of one chain has no fewer epochs. */
function fromAfar(tip: Checkpoint, other: Checkpoint): Verdict {
  const epochs = epochOf(other) - epochOf(tip);
  if (epochs === 0) return byTerms(tip, other);
  if (epochs > 0)
    return other.number > tip.number ? { type: 'later' } : { type: 'wins', from: lowest(other) };
  return other.number < tip.number ? { type: 'known' } : { type: 'loses' };
}

function lowest({ number, previous }: Checkpoint): number {
  return number - previous.length + 1;
}

/** A term is one device's, whose checkpoints are one chain. */
function byTerms(tip: Checkpoint, other: Checkpoint): Verdict {
  const count = Math.max(tip.takes.length, other.takes.length);
  for (let i = 0; i < count; i++) {
    const [own, theirs] = [tip.takes[i] ?? Infinity, other.takes[i] ?? Infinity];
    if (theirs < own && tip.number >= theirs) return { type: 'wins', from: theirs };
    if (own < theirs && other.number >= own) return { type: 'loses' };
    if (own !== theirs) break;
  }
  return { type: other.number > tip.number ? 'later' : 'known' };
}
