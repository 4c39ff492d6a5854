/** What is asked of others: what follows on what is here (catch-up.ts), or the snapshot of a checkpoint where that is less (fetching.ts). */
import type { NodeId } from '../../wire/index.ts';
import { CatchUp } from './catch-up.ts';
import type { CheckpointHash } from './contract.ts';
import type { Keyring } from './epochs.ts';
import type { Fetching, PieceQuestion } from './fetching.ts';
import type { History } from './history.ts';
import type { Intake } from './intake.ts';
import type { CatchUpAnswer } from './messages.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect } from './room-events.ts';
import type { GivenPiece } from './snapshot.ts';

export interface AskingParts {
  readonly history: History;
  readonly keyring: Pick<Keyring, 'isForked'>;
  readonly peers: Peers;
  readonly fetching: Fetching;
  readonly intake: Intake;
  effect(effect: RoomEffect): void;
}

export class Asking {
  readonly #parts: AskingParts;
  readonly #catchUp: CatchUp;

  constructor(parts: AskingParts) {
    this.#parts = parts;
    this.#catchUp = new CatchUp(parts.history, parts.peers);
  }

  get nextWakeAt(): number {
    const { fetching } = this.#parts;
    if (!fetching.checkpoint) return this.#catchUp.nextWakeAt;
    return fetching.isStalled ? Math.min(fetching.nextWakeAt, this.#catchUp.nextWakeAt) : fetching.nextWakeAt;
  }

  /** How many updates are known to exist that are not here. */
  get behind(): number {
    return this.#catchUp.behind;
  }

  /** Whether what is missing may be here soon. */
  mayCome(nowMs: number): boolean {
    return this.#catchUp.mayCome(nowMs);
  }

  heard(node: NodeId, nowMs: number): void {
    this.#catchUp.heard(node, nowMs);
  }

  left(node: NodeId, nowMs: number): void {
    this.#parts.fetching.left(node);
    this.#catchUp.left(node, nowMs);
  }

  isAt(node: NodeId, checkpoint: CheckpointHash): void {
    this.#parts.fetching.hasIt(node, checkpoint);
  }

  /** Whether that Node has, as it says, something that is not here. */
  isBehind(node: NodeId): boolean {
    return this.#catchUp.isBehind(node);
  }

  answered(from: NodeId, answer: CatchUpAnswer | undefined, nowMs: number): void {
    const { history, intake, keyring } = this.#parts;
    const { count, tipHash } = history;
    if (answer) intake.given(from, answer, nowMs);
    const hasHelped = history.count > count || history.tipHash !== tipHash;
    const isBlameless = this.#catchUp.answered(from, answer, hasHelped, nowMs);
    // It may have gone over to the other chain since.
    if (!isBlameless && !keyring.isForked)
      this.#refuse(from, 'it does not give the updates that it says it has');
  }

  pieceCame(question: PieceQuestion, piece: GivenPiece | undefined, nowMs: number): void {
    const { fetching, intake } = this.#parts;
    const { checkpoint } = fetching;
    const { isFalse, whole } = fetching.answered(question, piece, nowMs);
    if (isFalse) this.#refuse(question.to, 'it gives another snapshot than it says');
    if (whole && checkpoint) intake.snapshot(checkpoint, whole);
  }

  /** While a snapshot comes, what follows it waits. While it does not, somebody else may have another. */
  ask(nowMs: number): void {
    const { history, peers, fetching, effect } = this.#parts;
    const { tip, needsState, fold } = history;
    if (fetching.checkpoint && !needsState && history.knows(fetching.checkpoint.hash)) fetching.forget();
    if (tip && needsState) {
      for (const { node, checkpoint } of peers) if (checkpoint === tip.hash) fetching.begin(tip, node);
    }
    for (const question of fetching.questions(nowMs)) effect({ type: 'askPiece', question });
    this.#catchUp.look(nowMs);
    const isComing = fetching.checkpoint && !fetching.isStalled;
    const question = isComing ? undefined : this.#catchUp.ask(fold.order, nowMs);
    if (question) effect({ type: 'ask', ...question });
  }

  #refuse(from: NodeId, reason: string): void {
    this.#parts.effect({ type: 'refused', from, reason });
  }
}
