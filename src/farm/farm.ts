/** The farm on one Node: the face that page, render and terminal use. */

import type { MeshNode } from '../mesh/index.ts';
import { type Clock, Emitter, type Random, type Timers } from '../runtime/index.ts';
import type { JobArchive, JobId, JobKind, JobView, JobWish, ResultStore } from './contract.ts';

export interface FarmEvents {
  /** A Job became known, or its view is another now. At most once a turn per Job. */
  changed: { readonly id: JobId };
  /** It is known no more: forgotten here, or pushed out by newer ones. */
  removed: { readonly id: JobId };
  /** This Node takes no part in the Job, and why; for the person. */
  refused: { readonly id: JobId; readonly reason: string };
}

export interface FarmDependencies {
  readonly node: MeshNode;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly kinds: readonly JobKind[];
  /** Where Jobs outlive the tab; none: they live as long as one Node of the mesh. */
  readonly archive?: JobArchive;
  /** ms since 1970. */
  readonly wallClock: Clock;
}

/** What a person asks for. */
export interface JobRequest {
  readonly kind: string;
  /** At most MAX_TITLE characters count. */
  readonly title: string;
  readonly taskCount: number;
  /** At most MAX_SPEC_BYTES. */
  readonly spec: Uint8Array;
}

export class Farm {
  readonly events = new Emitter<FarmEvents>();

  constructor(_dependencies: FarmDependencies) {
    throw new Error('to come');
  }

  get workerCount(): number {
    throw new Error('to come');
  }

  /** Takes effect at once; Tasks in hand go back to whoever coordinates their Jobs. */
  setWorkers(_count: number): void {}

  /** Every Job that is known here, the oldest first. Snapshots: ask again after `changed`. */
  jobs(): readonly JobView[] {
    return [];
  }

  view(_id: JobId): JobView | undefined {
    return undefined;
  }

  /** The results, where this Node coordinates the Job or keeps its second copy. */
  store(_id: JobId): ResultStore | undefined {
    return undefined;
  }

  /**
   * Starts a Job, coordinates it here at first, and tells the mesh. Its store is there at once (`store(id)`).
   * @throws JobRefusedError when the JobKind is unknown here or cannot keep such a store, LeafcutterError `bad-job`
   */
  submit(_request: JobRequest): JobId {
    throw new Error('to come');
  }

  /**
   * Asks whoever coordinates the Job; resolves when the Job is so. What is so already, or can never be (the Job is over),
   * resolves at once. @throws JobUnattendedError when nobody answered in time: try again
   */
  async wish(_id: JobId, _wish: JobWish): Promise<void> {}

  /**
   * Forgets a Job here and on this device's disk. What others have stays theirs; a running one goes on where it can: cancel it
   * first if it should not.
   */
  forget(_id: JobId): void {}

  close(): void {}
}
