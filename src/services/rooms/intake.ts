/**
 * What comes into a room, from wherever: updates and checkpoints are judged, counted against what their sender may send, and put into the
 * history. What is wrong with one is its author's doing, whoever passes it on, because it is signed; what is none is the sender's.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Authors } from './authors.ts';
import { type Checkpoint, isCheckpoint } from './checkpoint.ts';
import type { CheckpointCodec, Shut } from './checkpoint-codec.ts';
import type { UpdateHash } from './contract.ts';
import type { Fetching } from './fetching.ts';
import type { History } from './history.ts';
import type { CatchUpAnswer } from './messages.ts';
import type { Peers } from './peers.ts';
import type { KeptBase, RoomEffect } from './room-events.ts';
import type { Saying } from './saying.ts';
import { decodeSnapshot, isOf, measured } from './snapshot.ts';
import type { Arrived, Surplus } from './surplus.ts';
import { KEYS_NOT_HERE, type Refusal, type Update, type UpdateCodec } from './update.ts';
import type { Writes } from './writes.ts';

export interface IntakeParts {
  readonly self: NodeId;
  readonly codec: UpdateCodec;
  readonly checkpoints: CheckpointCodec;
  readonly history: History;
  readonly surplus: Surplus;
  readonly peers: Peers;
  readonly authors: Authors;
  readonly saying: Saying;
  readonly writes: Writes;
  readonly fetching: Fetching;
  /** Of the encoded state. */
  readonly maxBytes: number;
  /** Above it nothing more is taken. */
  readonly maxHistoryBytes: number;
  readonly cryptography: Parameters<typeof measured>[1];
  effect(effect: RoomEffect): void;
  /** A rotation gives this device no keys. */
  shut(shut: Shut, from: NodeId): void;
}

export class Intake {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  received(from: NodeId, items: readonly Uint8Array[], nowMs: number): void {
    const { surplus, self, effect } = this.#parts;
    const { taken, isNew } = surplus.arrived(from, items, nowMs);
    if (isNew) {
      effect({ type: 'hold', to: from });
      effect({ type: 'heldBack', node: from, by: self });
    }
    this.take({ from, updates: taken }, nowMs);
  }

  take(arrived: Arrived, nowMs: number): void {
    const { history, peers, authors, saying, writes, effect } = this.#parts;
    const waiting = [arrived];
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { from, updates } = one;
      let last: Update | undefined;
      for (const bytes of updates) {
        if (isCheckpoint(bytes)) {
          this.#offer(from, bytes);
          continue;
        }
        const update = this.#unlessRefused(from, this.#judged(bytes));
        if (!update) continue;
        this.add(update);
        // What does not count here, whoever sends it need not have.
        const mayBeTrue = history.dag.isWaiting(update.hash) && !peers.isDoubted(from, nowMs);
        if (history.has(update.hash) || mayBeTrue) peers.has(from, update);
        waiting.push(...this.#released(update.parents, from, nowMs));
        if (authors.nodeOf(update) === from) last = update;
      }
      // Whoever has it has what its author wrote before.
      if (last) saying.thank(from, last.hash, nowMs);
      for (const settled of writes.arrived(peers.get(from))) effect(settled);
    }
  }

  /** That Node has these: what waits here of another's surplus up to them is to be taken. */
  release(hashes: readonly UpdateHash[], by: NodeId, nowMs: number): void {
    for (const held of this.#released(hashes, by, nowMs)) this.take(held, nowMs);
  }

  /** Somebody was asked and gave these. It has judged all that it has: behind something false nothing is worth looking at. */
  given(from: NodeId, { items, isSnapshot }: CatchUpAnswer, nowMs: number): void {
    const { surplus, authors } = this.#parts;
    for (const bytes of items) {
      if (isCheckpoint(bytes)) {
        if (!this.#offer(from, bytes, isSnapshot)) return;
        continue;
      }
      const update = this.#judged(bytes);
      if (update === KEYS_NOT_HERE) continue;
      if (typeof update === 'string') {
        this.#refuse(from, update);
        return;
      }
      surplus.given(authors.nodeOf(update), update, nowMs);
      this.add(update);
    }
  }

  loaded(base: KeptBase | undefined, items: readonly Uint8Array[], nowMs: number): void {
    const { self, checkpoints, cryptography } = this.#parts;
    const checkpoint = base && checkpoints.read(base.checkpoint);
    if (base && typeof checkpoint === 'object' && !('type' in checkpoint)) {
      if (isOf(checkpoint, measured(base.snapshot, cryptography))) this.#begin(checkpoint, base.snapshot);
    }
    this.take({ from: self, updates: items }, nowMs);
  }

  /** The last piece of a snapshot has come. */
  snapshot(checkpoint: Checkpoint, whole: Uint8Array): void {
    this.#begin(checkpoint, whole);
    this.#parts.fetching.forget();
  }

  #judged(bytes: Uint8Array): Update | Refusal {
    const { codec, history } = this.#parts;
    const hash = codec.hashOf(bytes);
    // What comes once more was judged.
    return history.get(hash) ?? codec.read(bytes, hash);
  }

  #unlessRefused(from: NodeId | undefined, update: Update | Refusal): Update | undefined {
    if (typeof update !== 'string') return update;
    if (update !== KEYS_NOT_HERE) this.#refuse(from, update);
    return undefined;
  }

  add(update: Update): void {
    const { history, maxHistoryBytes, authors } = this.#parts;
    if (history.keptBytes < maxHistoryBytes) history.add(update);
    else this.#refuse(authors.nodeOf(update), 'the history of the room is full here');
  }

  /** Rotations that somebody was asked for. */
  turned(from: NodeId, rotations: readonly Uint8Array[]): void {
    for (const bytes of rotations) if (isCheckpoint(bytes)) this.#offer(from, bytes);
  }

  /** Whether it is a checkpoint. */
  #offer(from: NodeId, bytes: Uint8Array, isSnapshot = false): boolean {
    const { checkpoints, history, peers, fetching, shut } = this.#parts;
    const checkpoint = checkpoints.read(bytes);
    if (typeof checkpoint === 'object' && 'type' in checkpoint) {
      shut(checkpoint, from);
      return true;
    }
    if (typeof checkpoint === 'string') {
      this.#refuse(from, checkpoint);
      return false;
    }
    const offered = history.offer(checkpoint);
    if (isSnapshot && (offered === 'later' || offered === 'waits')) fetching.begin(checkpoint, from);
    else if (!isSnapshot && offered !== 'refused' && offered !== 'known') peers.isAt(from, checkpoint.hash);
    return true;
  }

  #begin(checkpoint: Checkpoint, snapshot: Uint8Array): void {
    const { history, maxBytes, authors } = this.#parts;
    const decoded = decodeSnapshot(snapshot, maxBytes);
    if (decoded) history.take(checkpoint, decoded);
    else this.#refuse(authors.nodeOf(checkpoint), 'the snapshot of a checkpoint is none');
  }

  #released(hashes: readonly UpdateHash[], by: NodeId, nowMs: number): readonly Arrived[] {
    const { history, surplus } = this.#parts;
    const missing = hashes.filter((hash) => !history.has(hash));
    return missing.flatMap((hash) => surplus.upTo(hash, by, nowMs) ?? []);
  }

  #refuse(from: NodeId | undefined, reason: string): void {
    this.#parts.effect({ type: 'refused', from, reason });
  }
}
