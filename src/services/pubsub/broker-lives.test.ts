import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { BrokerLives } from './broker-lives.ts';

const random = seededRandom(1);

describe('the life of a Broker', () => {
  const [one, two] = [newNodeId(random), newNodeId(random)];

  it('is the first, the one that is known, or another', () => {
    const lives = new BrokerLives();
    expect([1, 1, 2, 2, 1].map((epoch) => lives.heard(one, epoch))).toEqual([
      ...['first', 'known', 'another', 'known', 'another'],
    ]);
    expect(lives.heard(two, 1)).toBe('first');
  });

  it('is forgotten of whoever has been silent longest, of more than 4,096', () => {
    const lives = new BrokerLives();
    lives.heard(one, 1);
    lives.heard(two, 1);
    for (let node = 2; node < 4_096; node++) lives.heard(newNodeId(random), 1);
    lives.heard(one, 1);
    lives.heard(newNodeId(random), 1);
    expect(lives.heard(one, 1)).toBe('known');
    expect(lives.heard(two, 1)).toBe('first');
  });
});
