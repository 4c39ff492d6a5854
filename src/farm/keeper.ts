/**
 * The results of one Job on this Node, whoever coordinates: made when they are needed, offered to the coordinator while it is another
 * Node (handover.ts), let go when nobody needs this copy.
 */
import type { JobDescription } from './contract.ts';
import { Handover } from './handover.ts';
import type { FarmMessage } from './messages.ts';
import type { FarmPart, OutgoingPart } from './payload.ts';
import type { AttributedStore } from './trust/attributed-store.ts';

/** When the coordinator has more than is here, and nothing has come of it for so long, it is told again what is here. */
const BEHIND_MS = 2_000;

export interface KeeperPort {
  /** An empty store; undefined where this Node cannot keep one. */
  makeStore(job: JobDescription): AttributedStore | undefined;
  toCoordinator(message: FarmMessage): void;
  /** What this Node's workers have made of that Task, while it is kept. */
  ownResult(task: number): Uint8Array | undefined;
  /** `settled` follows. */
  sendPart(part: OutgoingPart): void;
}

export class Keeper {
  readonly #description: JobDescription;
  readonly #port: KeeperPort;
  #store: AttributedStore | undefined;
  #handover: Handover | undefined;
  #isUnable = false;
  #mergedAtMs = 0;

  constructor(description: JobDescription, port: KeeperPort, store: AttributedStore | undefined) {
    this.#description = description;
    this.#port = port;
    this.#store = store;
  }

  get store(): AttributedStore | undefined {
    return this.#store;
  }

  /** It was tried, and there is no room for the results here. */
  get isUnable(): boolean {
    return this.#isUnable;
  }

  get isStandby(): boolean {
    return this.#handover?.isKeeper ?? false;
  }

  get isComplete(): boolean {
    return this.#store !== undefined && this.#store.doneCost >= this.#store.totalCost;
  }

  get nextWakeAt(): number {
    return this.#handover?.nextWakeAt ?? Number.POSITIVE_INFINITY;
  }

  /** A store, where there can be one. */
  ensure(): AttributedStore | undefined {
    this.#store ??= this.#port.makeStore(this.#description);
    this.#isUnable = this.#store === undefined;
    return this.#store;
  }

  /** This Node coordinates: nothing is to be offered to anyone. */
  coordinates(): void {
    this.#handover = undefined;
  }

  /**
   * Another one coordinates, and wants us to keep the second copy, or not. `isNew`: it may know nothing of what is here. `doneCost`: what it
   * has itself.
   */
  follows(isStandby: boolean, isNew: boolean, doneCost: number, nowMs: number): void {
    if (isStandby && !this.ensure()) {
      if (isNew || this.#handover === undefined) this.#tellUnable();
      return;
    }
    if (!this.#store) return;
    if (this.#handover?.isKeeper !== isStandby) this.#handover = new Handover(this.#store, isStandby, nowMs);
    else if (isNew || this.#isBehind(doneCost, nowMs)) this.#handover.restart(nowMs);
    this.wake(nowMs);
  }

  /** We or the coordinator may have missed something. */
  resume(nowMs: number): void {
    this.#handover?.restart(nowMs);
  }

  wanted(first: number, parts: Uint32Array, nowMs: number): void {
    this.#handover?.wanted(first, parts);
    this.wake(nowMs);
  }

  /** @throws what the store throws when it is no part of it */
  merge({ part, bytes }: FarmPart, nowMs: number): void {
    if (!this.isStandby || !this.#store) return;
    this.#mergedAtMs = nowMs;
    const isWhole = this.#store.mergePart(part, bytes, (task) => this.#port.ownResult(task));
    // The coordinator thinks that something is here which is not.
    if (!isWhole) this.resume(nowMs);
  }

  settled(nowMs: number): void {
    this.#handover?.settled(nowMs);
    this.wake(nowMs);
  }

  wake(nowMs: number): void {
    if (!this.#handover) return;
    const { id } = this.#description;
    for (const { part, bytes } of this.#handover.ship()) this.#port.sendPart({ id, part, bytes });
    for (const { first, versions } of this.#handover.offers(nowMs)) {
      this.#port.toCoordinator({ type: 'versions', id, first, versions });
    }
    if (this.#handover.isDone) this.close();
  }

  close(): void {
    this.#store?.close();
    this.#store = undefined;
    this.#handover = undefined;
  }

  #isBehind(doneCost: number, nowMs: number): boolean {
    return this.isStandby && (this.#store?.doneCost ?? 0) < doneCost && nowMs >= this.#mergedAtMs + BEHIND_MS;
  }

  #tellUnable(): void {
    this.#port.toCoordinator({ type: 'unable', id: this.#description.id });
  }
}
