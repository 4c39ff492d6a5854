import { describe, expect, it } from 'vitest';
import type { FarmEvents, JobId, JobView } from '../../farm/index.ts';
import { Emitter } from '../../runtime/index.ts';
import { type FarmWork, watchWork } from './farm-work.ts';

function farmOf(phases: Map<string, string>) {
  const events = new Emitter<FarmEvents>();
  const viewOf = (id: string): JobView | undefined =>
    !phases.has(id)
      ? undefined
      : ({ description: { id }, control: { phase: phases.get(id) } } as unknown as JobView);
  const farm: FarmWork = {
    events,
    view: viewOf,
    jobs: () => [...phases.keys()].flatMap((id) => viewOf(id) ?? []),
  };
  return { farm, events };
}

describe('a device', () => {
  it('has work while any Job runs that it knows of', () => {
    const phases = new Map([
      ['a', 'done'],
      ['b', 'running'],
    ]);
    const { farm, events } = farmOf(phases);
    const hasWork = watchWork(farm);
    expect(hasWork.value).toBe(true);
    phases.set('b', 'paused');
    events.emit('changed', { id: 'b' as JobId });
    expect(hasWork.value).toBe(false);
    phases.set('a', 'running');
    events.emit('changed', { id: 'a' as JobId });
    expect(hasWork.value).toBe(true);
    phases.delete('a');
    events.emit('removed', { id: 'a' as JobId });
    expect(hasWork.value).toBe(false);
  });
});
