/**
 * What a stream amounts to, as a sentence now and then: who listens to the page instead of looking at it gets a digest, not a torrent. Soon
 * after the first message, then every ten seconds while something comes.
 */
import type { NodeId } from '../../wire/index.ts';
import { countOf } from './format.ts';
import { visible } from './payload-text.ts';

const FIRST_MS = 1_000;
const EVERY_MS = 10_000;
/** Subjects and senders that are told apart: a flood of ever new ones costs no more than these. */
const MAX_TOLD_APART = 1_000;

interface Heard {
  readonly subject: string;
  readonly from: NodeId;
}

export class StreamDigest {
  #subjects = new Map<string, number>();
  #senders = new Set<NodeId>();
  #count = 0;
  #sinceMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  add(nowMs: number, messages: readonly Heard[]): void {
    if (this.#count === 0) this.#sinceMs = nowMs;
    this.#count += messages.length;
    for (const { subject, from } of messages) {
      const count = this.#subjects.get(subject);
      if (count !== undefined || this.#subjects.size < MAX_TOLD_APART)
        this.#subjects.set(subject, (count ?? 0) + 1);
      if (this.#senders.size < MAX_TOLD_APART) this.#senders.add(from);
    }
  }

  /** The next sentence, when it is time for one and something has come. */
  next(nowMs: number): string | undefined {
    if (this.#count === 0 || nowMs < this.#sinceMs + FIRST_MS || nowMs < this.#lastMs + EVERY_MS)
      return undefined;
    const [[most] = ['']] = [...this.#subjects].sort(([, a], [, b]) => b - a);
    const where =
      this.#subjects.size === 1
        ? `on ${visible(most)}`
        : `on ${atLeast(this.#subjects.size, 'subject')}, most on ${visible(most)}`;
    const text = `${countOf(this.#count, 'new message')} ${where}, from ${atLeast(this.#senders.size, 'device')}.`;
    this.#lastMs = nowMs;
    this.#count = 0;
    this.#subjects = new Map();
    this.#senders = new Set();
    return text;
  }
}

function atLeast(count: number, noun: string): string {
  return `${count === MAX_TOLD_APART ? 'at least ' : ''}${countOf(count, noun)}`;
}
