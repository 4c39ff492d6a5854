/** What is written here, from a payload that waits for its turn (drafts.ts) to an update that another Node has (writes.ts). */
import { Authoring, type AuthoringOptions } from './authoring.ts';
import type { RoomLimits } from './contract.ts';
import { type Draft, Drafts } from './drafts.ts';
import { RoomFullError } from './errors.ts';
import type { History } from './history.ts';
import type { Intake } from './intake.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect, Token } from './room-events.ts';
import type { Update, UpdateCodec } from './update.ts';
import type { Writes } from './writes.ts';

export interface WritingParts {
  readonly codec: UpdateCodec;
  readonly history: History;
  readonly intake: Intake;
  readonly peers: Peers;
  readonly writes: Writes;
  readonly limits: RoomLimits;
  /** Above it nothing is written. */
  readonly maxOpenBytes: number;
  effect(effect: RoomEffect): void;
  /** Something has come in. */
  follow(): void;
}

export class Writing {
  readonly #parts: WritingParts;
  readonly #drafts: Drafts;
  readonly #authoring: Authoring;

  constructor(options: AuthoringOptions, parts: WritingParts) {
    this.#parts = parts;
    this.#drafts = new Drafts(parts.limits);
    this.#authoring = new Authoring(options, parts.codec, parts.history.dag);
  }

  get nextWakeAt(): number {
    return this.#drafts.nextWakeAt;
  }

  add(draft: Draft): void {
    for (const effect of this.#drafts.add(draft)) this.#parts.effect(effect);
  }

  /** Whose turn it is. */
  due(nowMs: number): void {
    for (let draft = this.#drafts.take(nowMs); draft; draft = this.#drafts.take(nowMs))
      this.#write(draft, nowMs);
  }

  cancel(token: Token): void {
    this.#drafts.cancel(token);
    this.#parts.writes.cancel(token);
  }

  /** Gives up what waits for its turn; who waits is told. */
  fail(error: Error): void {
    for (const effect of this.#drafts.fail(error)) this.#parts.effect(effect);
  }

  #write({ token, payload, claimedAtMs }: Draft, nowMs: number): void {
    const { history, intake, writes, peers, maxOpenBytes, effect, follow } = this.#parts;
    let update: Update | undefined;
    try {
      if (history.bytes >= maxOpenBytes) throw new RoomFullError(maxOpenBytes);
      update = intake.judge(undefined, this.#authoring.make(payload, claimedAtMs));
      const next = update ? history.fold.tryNext(update) : new Error('an update of our own does not hold');
      if (next instanceof Error) throw next;
    } catch (error) {
      effect({ type: 'failed', token, error: error as Error });
      return;
    }
    if (!update) return;
    this.#authoring.made(update);
    this.#drafts.written(update.bytes.length, nowMs);
    intake.add(update);
    writes.add(token, update);
    follow();
    if (peers.size > 0) effect({ type: 'spread', item: update.bytes });
  }
}
