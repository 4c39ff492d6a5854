import { describe, expect, it } from 'vitest';
import { boundsOf } from './bounds.ts';

const COUNTED = { lives: 10, offers: 24, needlessOffers: 5, connections: 60, answerTimes: [3, 80, 12] };

describe('the numbers that a scenario bounds', () => {
  it('are told as shares of what they may be', () => {
    const holds = { offersPerLife: 3, needlessOffersPerLife: 1, connectionsPerLife: 8, answersWithinMs: 100 };
    expect(boundsOf(holds, COUNTED)).toEqual([
      { share: 0.8, what: 'the rendezvous carried 24 offers for 10 lives' },
      { share: 0.5, what: 'the mesh could have carried 5 offers of the rendezvous, for 10 lives' },
      { share: 0.75, what: '60 ends of connections were begun for 10 lives' },
      { share: 0.8, what: 'a small question waited 80 ms' },
    ]);
  });

  it('are none where the scenario bounds nothing', () => {
    expect(boundsOf({ sendsOnce: true }, COUNTED)).toEqual([]);
    expect(boundsOf(undefined, COUNTED)).toEqual([]);
  });
});
