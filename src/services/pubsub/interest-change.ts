import type { Pattern } from './contract.ts';

/** So many subscriptions of that pattern and queue a Node has now; 0: none any more. */
export interface InterestChange {
  readonly pattern: Pattern;
  readonly queue: string | undefined;
  readonly count: number;
}
