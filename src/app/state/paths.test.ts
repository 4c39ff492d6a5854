import { signal } from '@preact/signals';
import { expect, it } from 'vitest';
import { Emitter } from '../../runtime/index.ts';
import type { Channel, TransportEvents } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { watchPaths } from './paths.ts';

const id = (n: number) => `id-${n}` as NodeId;

const ALL = Array.from({ length: 100 }, (_, n) => id(n));

function watched(registered: readonly NodeId[] = ALL) {
  const events = new Emitter<Pick<TransportEvents, 'pathFailed' | 'channel' | 'candidates'>>();
  const told: string[] = [];
  const members = signal<readonly { readonly id: NodeId; readonly isNeighbour: boolean }[]>([]);
  const paths = watchPaths(events, members, (peer, reason) => told.push(`${peer}: ${reason}`));
  const fail = (n: number, reason: string) => events.emit('pathFailed', { peer: id(n), reason });
  const open = (n: number) => events.emit('channel', { peer: id(n) } as Channel);
  const register = (ids: readonly NodeId[]) => events.emit('candidates', ids);
  register(registered);
  return { paths, told, members, register, fail, open };
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

it('tells nothing of a device that is gone, and no longer of one that goes', () => {
  const { paths, told, register, fail } = watched([id(1)]);
  fail(2, 'UDP is blocked');
  expect(told).toEqual([]);
  fail(1, 'UDP is blocked');
  expect([...paths.failed.value.keys()]).toEqual([id(1)]);
  register([]);
  expect(paths.failed.value.size).toBe(0);
});

it('tells of a member that is reached through others, registered or not, and not of one with a Link', () => {
  const { paths, told, members, fail } = watched([id(1)]);
  members.value = [
    { id: id(1), isNeighbour: true },
    { id: id(2), isNeighbour: false },
  ];
  fail(1, 'their call failed, ours did not');
  fail(2, 'UDP is blocked');
  expect(told).toEqual(['id-2: UDP is blocked']);
  expect([...paths.failed.value.keys()]).toEqual([id(2)]);
});

it('begins anew with a device that had left and is back', () => {
  const { paths, told, register, fail } = watched([id(1)]);
  fail(1, 'UDP is blocked');
  register([]);
  register([id(1)]);
  expect(paths.failed.value.size).toBe(0);
  fail(1, 'no address');
  expect(told).toEqual(['id-1: UDP is blocked', 'id-1: no address']);
});

it('says nothing of a Link that closes, whatever failed beside it', () => {
  const { paths, members, fail } = watched([]);
  members.value = [{ id: id(1), isNeighbour: true }];
  fail(1, 'their call failed, ours did not');
  members.value = [{ id: id(1), isNeighbour: false }];
  expect(paths.failed.value.size).toBe(0);
});
