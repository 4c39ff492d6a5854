/** A neighbour: which sources it is to be pushed or told of, and how much it may ask of us. */
import type { NodeId } from '../../wire/index.ts';
import type { LinkId } from '../vocabulary.ts';
import { hasWork, type Progress, type Source } from './source.ts';

/** Until it is measured: a long way round the world. */
const ASSUMED_RTT_MS = 150;
/**
 * Control frames. Honest neighbours send an `ihave` every 50 ms and reports every 20; a link-up with a thousand sources
 * takes a dozen. A guess with a wide margin.
 */
const CONTROL_BURST = 1024;
const CONTROL_PER_SECOND = 256;
/** Control frames beyond the rate for which a neighbour is cut off, when they come within a minute or so. */
export const MAX_EXCESS_FRAMES = 4096;
const EXCESS_FORGIVEN_PER_SECOND = MAX_EXCESS_FRAMES / 60;
/** What a neighbour may have sent again: eight full logs at once, then a megabyte a second. */
const REPLAY_BURST_BYTES = 32 * 1024 * 1024;
const REPLAY_BYTES_PER_SECOND = 1024 * 1024;

export class Neighbour {
  readonly id: NodeId;
  readonly link: LinkId;
  rttMs = ASSUMED_RTT_MS;
  /** Sources of which it is to be pushed more. */
  readonly toPush = new Set<Source>();
  /** Sources of which it is to be told. */
  readonly toTell = new Set<Source>();
  /** When to announce to it; Infinity when nothing is to be announced. */
  announceAt = Number.POSITIVE_INFINITY;
  /** Sources of which it was pushed something, and when last (or when it was asked last), until it has said that it has it. */
  readonly pushed = new Map<Source, number>();
  /** Bytes given to its lane within the event at hand, which `laneBytes` does not know of yet. */
  pushedBytes = 0;
  #control = CONTROL_BURST;
  #excess = 0;
  #replay = REPLAY_BURST_BYTES;
  #refilledAt: number;

  constructor(id: NodeId, link: LinkId, now: number) {
    this.id = id;
    this.link = link;
    this.#refilledAt = now;
  }

  /** `not-now`: it has sent too many control frames lately. `flood`: far too many; said again only after as many more. */
  mayTell(now: number): 'yes' | 'not-now' | 'flood' {
    this.#refill(now);
    if (this.#control >= 1) {
      this.#control--;
      return 'yes';
    }
    if (++this.#excess < MAX_EXCESS_FRAMES) return 'not-now';
    this.#excess = 0;
    return 'flood';
  }

  /** False when it has asked for too much again lately. */
  mayReplay(bytes: number, now: number): boolean {
    this.#refill(now);
    if (this.#replay < bytes) return false;
    this.#replay -= bytes;
    return true;
  }

  /** Notes whether it is behind with the source, and says whether it is. `progress`: its own. */
  note(source: Source, progress: Progress): boolean {
    const isBehind = hasWork(progress, source.log.next);
    const waitsFor = !isBehind ? 'nothing' : progress.isEager ? 'push' : 'word';
    if (waitsFor === progress.waitsFor) return isBehind;
    if (progress.waitsFor === 'push') this.toPush.delete(source);
    else if (progress.waitsFor === 'word') this.toTell.delete(source);
    if (waitsFor === 'push') this.toPush.add(source);
    else if (waitsFor === 'word') this.toTell.add(source);
    progress.waitsFor = waitsFor;
    return isBehind;
  }

  forget(source: Source): void {
    this.toPush.delete(source);
    this.toTell.delete(source);
    this.pushed.delete(source);
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#refilledAt) / 1000;
    if (seconds === 0) return;
    this.#refilledAt = now;
    this.#excess = Math.max(0, this.#excess - seconds * EXCESS_FORGIVEN_PER_SECOND);
    this.#control = Math.min(CONTROL_BURST, this.#control + seconds * CONTROL_PER_SECOND);
    this.#replay = Math.min(REPLAY_BURST_BYTES, this.#replay + seconds * REPLAY_BYTES_PER_SECOND);
  }
}
