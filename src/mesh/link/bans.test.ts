import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { Bans } from './bans.ts';

const random = seededRandom(1);

describe('bans', () => {
  it('end at their time, and the last word counts', () => {
    const bans = new Bans();
    const peer = newNodeId(random);
    bans.add(peer, 100);
    expect(bans.has(peer, 99)).toBe(true);
    expect(bans.has(peer, 100)).toBe(false);
    bans.add(peer, 200);
    bans.add(peer, 300);
    expect(bans.has(peer, 250)).toBe(true);
    expect(bans.has(newNodeId(random), 250)).toBe(false);
  });

  it('are bounded: the oldest goes first', () => {
    const bans = new Bans();
    const ids = Array.from({ length: 1025 }, () => newNodeId(random));
    for (const id of ids) bans.add(id, 1000);
    const [first, second] = ids;
    expect(first !== undefined && bans.has(first, 0)).toBe(false);
    expect(second !== undefined && bans.has(second, 0)).toBe(true);
  });
});
