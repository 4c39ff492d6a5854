/**
 * When each part of a Node wants to be woken. A part changes only in its own `handle`, so it is asked there, once, and not all of
 * them after every event: they lie far apart in memory, and to look at eight costs more than most events do.
 */
import { NEVER } from '../protocol.ts';

/** Where a part's time stands: in the order in which they are woken. */
export const Part = {
  health: 0,
  topology: 1,
  membership: 2,
  neighbours: 3,
  signaling: 4,
  unicast: 5,
  multicast: 6,
  links: 7,
} as const;
export type Part = (typeof Part)[keyof typeof Part];

const PARTS = 8;

export class WakeTimes {
  readonly #times = new Float64Array(PARTS).fill(NEVER);

  get earliest(): number {
    const times = this.#times;
    let earliest = NEVER;
    for (let part = 0; part < PARTS; part++) earliest = Math.min(earliest, times[part] ?? NEVER);
    return earliest;
  }

  of(part: Part): number {
    return this.#times[part] ?? NEVER;
  }

  set(part: Part, wakeAt: number): void {
    this.#times[part] = wakeAt;
  }
}
