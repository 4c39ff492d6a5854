/**
 * The numbers that a scenario bounds, at its end: how near each came to what it may be. A seed that was near tells of trouble before
 * one fails.
 */
import type { Scenario } from '../scenarios/scenario.ts';

export interface Counted {
  /** Every life of a Node. */
  readonly lives: number;
  readonly offers: number;
  readonly needlessOffers: number;
  /** Ends of those that were begun. */
  readonly connections: number;
  /** Of small questions, ms. */
  readonly answerTimes: readonly number[];
}

export interface Bounded {
  /** Of what it may be: 1 is just within it. */
  readonly share: number;
  /** In words, for who reads of it. */
  readonly what: string;
}

export function boundsOf(holds: Scenario['holds'], counted: Counted): Bounded[] {
  const { lives, offers, needlessOffers, connections, answerTimes } = counted;
  const { offersPerLife, needlessOffersPerLife, connectionsPerLife, answersWithinMs } = holds ?? {};
  const bounds: Bounded[] = [];
  if (offersPerLife !== undefined) {
    const what = `the rendezvous carried ${offers} offers for ${lives} lives`;
    bounds.push({ share: offers / (offersPerLife * lives), what });
  }
  if (needlessOffersPerLife !== undefined) {
    const what = `the mesh could have carried ${needlessOffers} offers of the rendezvous, for ${lives} lives`;
    bounds.push({ share: needlessOffers / (needlessOffersPerLife * lives), what });
  }
  if (connectionsPerLife !== undefined) {
    const what = `${connections} ends of connections were begun for ${lives} lives`;
    bounds.push({ share: connections / (connectionsPerLife * lives), what });
  }
  if (answersWithinMs !== undefined) {
    const slowest = answerTimes.reduce((most, ms) => Math.max(most, ms), 0);
    bounds.push({
      share: slowest / answersWithinMs,
      what: `a small question waited ${Math.round(slowest)} ms`,
    });
  }
  return bounds;
}
