/**
 * From one epoch's keys to the next. Two Nodes speak about the room when each can read what the other writes with now. Who has newer keys is
 * asked for the rotations that made them; what is given there is tried, and its checkpoint is judged like any other. When the chain that
 * counts has other keys, this Node writes with these, and speaks no more with whoever was not given them.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Authors } from './authors.ts';
import { type Checkpoint, isRotation } from './checkpoint.ts';
import type { Shut } from './checkpoint-codec.ts';
import type { EpochId } from './contract.ts';
import type { Keyring } from './epochs.ts';
import type { History } from './history.ts';
import type { Introductions } from './introductions.ts';
import type { Peers } from './peers.ts';
import type { RoomEffect } from './room-events.ts';

export interface TurningParts {
  readonly keyring: Keyring;
  readonly history: History;
  readonly peers: Peers;
  readonly authors: Authors;
  readonly introductions: Introductions;
  effect(effect: RoomEffect): void;
  /** It is no peer any more. */
  parted(node: NodeId): void;
}

/** Rotations that are kept for who comes back: 128 KiB each at most, a few hundred bytes mostly. */
const MAX_ROTATIONS = 64;

export class Turning {
  readonly #parts: TurningParts;
  /** As they travel, by the epoch that each begins. */
  readonly #rotations = new Map<EpochId, Uint8Array>();
  /** The one that gave this device no keys. */
  #shut: Shut | undefined;
  #held: number;

  constructor(parts: TurningParts) {
    this.#parts = parts;
    this.#held = parts.keyring.held.length;
  }

  /** Whether we may speak to it. @param epochs keys that it has, the ones that it writes with first; undefined: such as we do not have */
  meet(node: NodeId, epochs: readonly (EpochId | undefined)[]): boolean {
    const { keyring, effect } = this.#parts;
    const [theirs] = epochs;
    if (theirs !== undefined && epochs.includes(keyring.current.id)) return true;
    const common = epochs.find((id) => id !== undefined);
    if (theirs === undefined && common !== undefined) effect({ type: 'askTurns', to: node, after: common });
    return false;
  }

  /**
   * Whether this device is out. Whoever was removed itself, and was an administrator, could say so of anybody with the keys that it had: so that
   * counts only of the keys that we write with, or where a member has gone on with it.
   */
  isShut({ after }: Shut, from: NodeId): boolean {
    const { keyring, history, authors } = this.#parts;
    if (after === keyring.current.id) return true;
    return (
      keyring.idsUpTo(keyring.current.id).includes(after) &&
      [...history.members.values()].some((entry) => authors.nodeOf(entry) === from)
    );
  }

  /** This device is out, by that one. */
  shut(shut: Shut): void {
    this.#shut = shut;
  }

  /** One that counts, or was kept. */
  keep(epoch: EpochId, bytes: Uint8Array): void {
    this.#rotations.set(epoch, bytes);
    for (const oldest of this.#rotations.keys()) {
      if (this.#rotations.size <= MAX_ROTATIONS) break;
      this.#rotations.delete(oldest);
    }
  }

  closed(checkpoint: Checkpoint): void {
    if (isRotation(checkpoint)) this.keep(checkpoint.epoch, checkpoint.bytes);
  }

  /** Those from that epoch to the one that is written with. */
  after(epoch: EpochId): readonly Uint8Array[] {
    const { keyring } = this.#parts;
    const line = keyring.idsUpTo(keyring.current.id);
    return line.slice(line.indexOf(epoch) + 1).flatMap((id) => this.#rotations.get(id) ?? []);
  }

  /** What somebody is told who asks with keys of that epoch: also of the rotation by which this device is out, which the others go on with. */
  toldAfter(epoch: EpochId): readonly Uint8Array[] {
    return this.#shut ? [...this.after(epoch), this.#shut.bytes] : this.after(epoch);
  }

  /** Takes up the keys of the chain that counts. */
  turn(): void {
    const { keyring, history, peers, authors, introductions, effect, parted } = this.#parts;
    if (history.tip && keyring.turnTo(history.epoch)) {
      const listed = new Set([...history.members.values()].map((entry) => authors.nodeOf(entry)));
      introductions.forget(({ device }) => history.members.has(device));
      for (const { node } of [...peers]) if (!listed.has(node)) parted(node);
      effect({ type: 'turned' });
      this.#held = 0;
    }
    if (keyring.held.length === this.#held) return;
    this.#held = keyring.held.length;
    effect({ type: 'announce' });
  }
}
