/** Whether a client is still there: asked when it has been silent for an interval, given up when too many questions are open. */
import type { DoorLimits } from './server-info.ts';
import { stoodStill } from './stood-still.ts';

export class Keepalive {
  readonly #limits: Pick<DoorLimits, 'pingIntervalMs' | 'maxPingsOut'>;
  #nextAt: number;
  #heardAt: number;
  #pingsOut = 0;

  constructor(limits: Pick<DoorLimits, 'pingIntervalMs' | 'maxPingsOut'>, now: number) {
    this.#limits = limits;
    this.#heardAt = now;
    this.#nextAt = now + limits.pingIntervalMs;
  }

  get nextAt(): number {
    return this.#nextAt;
  }

  /** Any byte. */
  heard(now: number): void {
    this.#heardAt = now;
    this.#pingsOut = 0;
  }

  /** What is to be done at `nextAt`, or later. */
  due(now: number): 'ping' | 'stale' | undefined {
    if (now < this.#nextAt) return undefined;
    const { pingIntervalMs, maxPingsOut } = this.#limits;
    const silentSince = this.#heardAt + pingIntervalMs;
    if (now < silentSince) {
      this.#nextAt = silentSince;
      return undefined;
    }
    // What it answered while we stood still is not read yet.
    if (this.#pingsOut >= maxPingsOut && !stoodStill(this.#nextAt, now)) return 'stale';
    this.#pingsOut++;
    this.#nextAt = now + pingIntervalMs;
    return 'ping';
  }
}
