/** What a platform offers: a place on the disk for one Network, and a view of all of them for the person. */
import type { Claims } from './contract.ts';
import type { Shelf } from './shelf.ts';

export interface DiskPlace {
  /** Shared by all who keep something of this Network. */
  readonly shelf: Shelf;
  readonly claims: Claims;
  /** Gives up all claims. What was handed to the shelf is still written. */
  close(): void;
}

/** What this device keeps of all Networks. */
export interface DeviceKeeping {
  kept(): Promise<{ readonly networks: number; readonly bytes: number }>;
  /** Forgets all of it, also what other tabs work on: they go on with what they have in memory. @throws when the disk is away */
  forget(): Promise<void>;
}

/** Of one Network, where the device grants as much. A guess: some dozen pictures and scenes, less than a film from a camera. */
export const NETWORK_BUDGET_BYTES = 1024 * 1024 * 1024;
/** Rooms: nobody else may have them. Keys of records that are removed by nobody but a person, however old they are. */
export const ONLY_COPIES = 'room/';
/** A Network that nobody opened for so long is forgotten, unless it has any of these: every visit without an invite makes one. A guess. */
export const FORGOTTEN_AFTER_MS = 30 * 24 * 3600 * 1000;
