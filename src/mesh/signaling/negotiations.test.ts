import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId, type Signal } from '../../wire/index.ts';
import { MAX_CANDIDATES, MAX_OUTGOING, NEGOTIATION_MS } from './limits.ts';
import { Negotiations, noteSaid } from './negotiations.ts';

const peer = newNodeId(seededRandom(1));
const offer = (connection: string): Signal => ({ kind: 'offer', connection, text: 'v=0' });

describe('negotiations under way', () => {
  it('of ours are bounded: the oldest is forgotten', () => {
    const negotiations = new Negotiations();
    for (let i = 0; i < 3 * MAX_OUTGOING; i++) negotiations.call(peer, offer(`${i}`), i);
    expect(negotiations.size).toBe(MAX_OUTGOING);
    expect(negotiations.get(peer, '0')).toBeUndefined();
    expect(negotiations.get(peer, `${3 * MAX_OUTGOING - 1}`)).toBeDefined();
  });

  it('keep no more of what we say than an honest transport has to say', () => {
    const negotiations = new Negotiations();
    negotiations.call(peer, offer('a'), 0);
    const negotiation = negotiations.get(peer, 'a');
    if (!negotiation) throw new Error('it is not there');
    const candidate: Signal = { kind: 'candidate', connection: 'a', text: 'c' };
    for (let i = 0; i < 100; i++) noteSaid(negotiation, candidate);
    expect(negotiation.said).toHaveLength(1 + MAX_CANDIDATES);
  });

  it('end when their time is over, and want nothing more then', () => {
    const negotiations = new Negotiations();
    negotiations.called(peer, offer('a'), peer, 0);
    expect(negotiations.nextWakeAt).toBe(NEGOTIATION_MS);
    expect(negotiations.due(NEGOTIATION_MS)).toEqual([]);
    expect([negotiations.size, negotiations.nextWakeAt]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
