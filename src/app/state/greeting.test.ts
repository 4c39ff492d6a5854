import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Member, MeshEvents } from '../../mesh/index.ts';
import { Emitter, systemTimers } from '../../runtime/index.ts';
import { parseNodeId } from '../../wire/index.ts';
import { watchGreetings } from './greeting.ts';

const other = parseNodeId('2d95a412-6232-8261-8a2e-55a73575ab21');
const third = parseNodeId('33ad6d79-68af-8a62-9068-817588c5cbf3');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function make() {
  const events = new Emitter<MeshEvents>();
  const neighbours = new Set<string>();
  const members = () => [...neighbours].map((id) => ({ id, isNeighbour: true }) as Member);
  const greetings = watchGreetings({ events, members }, systemTimers);
  const refuse = (peer: typeof other): void =>
    events.emit('refused', { peer, reason: 'wrong-network', message: 'another network' });
  return { events, neighbours, greetings, refuse };
}

describe('a greeting', () => {
  it('went well once there is a Link', async () => {
    const { events, neighbours, greetings, refuse } = make();
    const done = greetings.with(other);
    refuse(third);
    neighbours.add(other);
    events.emit('membersChanged', undefined);
    await done;
    greetings.end();
    expect(vi.getTimerCount()).toBe(0);
    expect(events.hasListeners('refused')).toBe(false);
  });

  it('ends with the reason when we are refused, also before anybody has asked', async () => {
    const { greetings, refuse } = make();
    refuse(other);
    await expect(greetings.with(other)).rejects.toThrow('another network');
    const later = greetings.with(third);
    refuse(third);
    await expect(later).rejects.toThrow('another network');
  });

  it('is not waited for for ever', async () => {
    const { greetings } = make();
    const done = expect(greetings.with(other)).rejects.toThrow('does not answer');
    await vi.advanceTimersByTimeAsync(15_000);
    await done;
  });
});
