import { expect, it, vi } from 'vitest';
import type { Member, MeshEvents } from '../mesh/index.ts';
import { Emitter } from '../runtime/index.ts';
import { watchStandstill } from './door-standstill.ts';

it('says that something may have been missed where there was somebody to miss it from', () => {
  const events = new Emitter<MeshEvents>();
  const members = [{ isSelf: true }] as Member[];
  const missed = vi.fn();
  const mesh = { members: () => members, on: events.on.bind(events) };
  const end = watchStandstill(mesh, missed);
  events.emit('away', { forMs: 12_000 });
  expect(missed).not.toHaveBeenCalled();
  members.push({ isSelf: false } as Member);
  events.emit('away', { forMs: 12_000 });
  expect(missed).toHaveBeenCalledOnce();
  end();
  events.emit('away', { forMs: 12_000 });
  expect(missed).toHaveBeenCalledOnce();
});
