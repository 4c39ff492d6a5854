import { describe, expect, it } from 'vitest';
import { seededRandom, toHex } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import { ownTurnDelayMs, turnDelayMs } from './turn.ts';

const random = seededRandom(1);
const nodes = Array.from({ length: 40 }, () => newNodeId(random));
const jobs = Array.from({ length: 200 }, () => toHex(random.bytes(16)) as JobId);

describe('the turn to take over', () => {
  it('comes to whoever has results first, then inputs, then to the others', () => {
    for (const job of jobs) {
      const [own, ...rivals] = nodes.slice(0, 6);
      if (!own) throw new Error('unreachable');
      expect(turnDelayMs(job, own, 'results', [])).toBe(2_000);
      expect(turnDelayMs(job, own, 'inputs', [])).toBe(4_000);
      expect(turnDelayMs(job, own, 'none', rivals)).toBeGreaterThanOrEqual(8_000);
    }
  });

  it('is another one for each Node of a rank, half a second apart, in an order that all compute', () => {
    for (const job of jobs) {
      const few = nodes.slice(0, 8);
      const delays = few.map((node) => turnDelayMs(job, node, 'inputs', few)).sort((a, b) => a - b);
      expect(delays).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((place) => 4_000 + 500 * place));
    }
  });

  it('comes to all within 16 seconds, however many there are', () => {
    for (const node of nodes)
      expect(turnDelayMs(jobs[0] as JobId, node, 'none', nodes)).toBeLessThanOrEqual(16_000);
  });

  it('is by what a Node has, or is said to have, among those that have no more', () => {
    const [self, submitter, holder, other] = nodes;
    if (!self || !submitter || !holder || !other) throw new Error('unreachable');
    const members = [self, submitter, holder, other];
    for (const id of jobs.slice(0, 20)) {
      const own = { job: { id, submitter }, self, members, holders: [submitter, holder] };
      const plain = { ...own, hasResults: false, hasInputs: false, isNamed: false };
      expect(ownTurnDelayMs({ ...plain, hasResults: true })).toBe(2_000);
      const asHolder = turnDelayMs(id, self, 'inputs', [submitter, holder]);
      expect(ownTurnDelayMs({ ...plain, hasInputs: true })).toBe(asHolder);
      expect(ownTurnDelayMs({ ...plain, job: { id, submitter: self } })).toBe(asHolder);
      expect(ownTurnDelayMs({ ...plain, holders: [self, submitter, holder] })).toBe(asHolder);
      expect(ownTurnDelayMs(plain)).toBe(turnDelayMs(id, self, 'none', [other]));
      expect(ownTurnDelayMs({ ...plain, hasResults: true, isNamed: true })).toBe(32_000);
    }
  });

  it('favours nobody', () => {
    const four = nodes.slice(0, 4);
    const firsts = four.map(
      (node) => jobs.filter((job) => turnDelayMs(job, node, 'none', four) === 8_000).length,
    );
    for (const count of firsts) expect(count).toBeGreaterThan(30);
  });
});
