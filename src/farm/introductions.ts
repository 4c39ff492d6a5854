/**
 * Jobs that this Node has heard of and does not know, and Nodes that want to know one from it. Both cost memory or bytes at somebody
 * else's word, so both are bounded by Node.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import type { Beat } from './messages.ts';

/** Unknown Jobs of one teller that are asked for at a time. */
const MAX_UNKNOWN = 64;
/** Between two questions for the same one. */
const ASK_MS = 1_000;
/** A newcomer asks for every Job once; 12 KiB each. */
const MAX_TOLD = 128;
const TOLD_WINDOW_MS = 5_000;

export class Introductions {
  readonly #heard = new Map<NodeId, Map<JobId, { beat: Beat; askedAtMs: number }>>();
  readonly #told = new Map<NodeId, { sinceMs: number; count: number }>();

  /** Somebody coordinates a Job that is unknown here. True when it should be asked for it. */
  heard(from: NodeId, beat: Beat, nowMs: number): boolean {
    const jobs = this.#heard.get(from) ?? new Map();
    const known = jobs.get(beat.id);
    if (!known && jobs.size >= MAX_UNKNOWN) return false;
    this.#heard.set(from, jobs);
    const mayAsk = !known || nowMs - known.askedAtMs >= ASK_MS;
    jobs.set(beat.id, { beat, askedAtMs: mayAsk ? nowMs : known.askedAtMs });
    return mayAsk;
  }

  /** What `from` said of the Job that it describes now; undefined when it was not asked. */
  described(from: NodeId, id: JobId): Beat | undefined {
    const jobs = this.#heard.get(from);
    const beat = jobs?.get(id)?.beat;
    if (jobs?.delete(id) && jobs.size === 0) this.#heard.delete(from);
    return beat;
  }

  /** Whether that Node may be told what a Job is. */
  mayTell(to: NodeId, nowMs: number): boolean {
    const told = this.#told.get(to);
    if (!told || nowMs - told.sinceMs >= TOLD_WINDOW_MS) {
      this.#told.set(to, { sinceMs: nowMs, count: 1 });
      return true;
    }
    return told.count++ < MAX_TOLD;
  }

  left(node: NodeId): void {
    this.#heard.delete(node);
    this.#told.delete(node);
  }
}
