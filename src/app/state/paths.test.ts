import { expect, it } from 'vitest';
import { Emitter } from '../../runtime/index.ts';
import type { Channel, TransportEvents } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { watchPaths } from './paths.ts';

const id = (n: number) => `id-${n}` as NodeId;

function watched() {
  const events = new Emitter<Pick<TransportEvents, 'pathFailed' | 'channel'>>();
  const told: string[] = [];
  const paths = watchPaths(events, (peer, reason) => told.push(`${peer}: ${reason}`));
  const fail = (n: number, reason: string) => events.emit('pathFailed', { peer: id(n), reason });
  const open = (n: number) => events.emit('channel', { peer: id(n) } as Channel);
  return { paths, told, fail, open };
}

it('tells of a device once, keeps the newest reason, and begins anew when a connection had opened', () => {
  const { paths, told, fail, open } = watched();
  fail(1, 'UDP is blocked');
  fail(2, 'no address');
  fail(1, 'TURN refused');
  expect(told).toEqual(['id-1: UDP is blocked', 'id-2: no address']);
  expect(Object.fromEntries(paths.failed.value)).toEqual({ 'id-2': 'no address', 'id-1': 'TURN refused' });
  open(1);
  open(3);
  expect([...paths.failed.value.keys()]).toEqual([id(2)]);
  fail(1, 'UDP is blocked');
  expect(told).toHaveLength(3);
});

it('keeps no more than it can show', () => {
  const { paths, fail } = watched();
  for (let n = 0; n < 100; n++) fail(n, 'why');
  expect(paths.failed.value.size).toBe(64);
  expect(paths.failed.value.has(id(99))).toBe(true);
});
