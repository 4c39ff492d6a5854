/** The parts of the multicast protocol that work on a source, as multicast.ts puts them together. */
import type { Delivery } from './delivery.ts';
import type { Flow } from './flow.ts';
import type { Older } from './older.ts';
import type { Origin } from './origin.ts';
import type { Repair } from './repair.ts';
import type { Retention } from './retention.ts';
import type { Spread } from './spread.ts';

export interface Parts {
  readonly flow: Flow;
  readonly retention: Retention;
  readonly delivery: Delivery;
  readonly spread: Spread;
  readonly repair: Repair;
  readonly older: Older;
  readonly origin: Origin;
}
