import { expect, it } from 'vitest';
import { FakeMesh } from '../../../../sim/fake-mesh.testing.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { simulatedCryptography } from '../../../mesh/identity/cryptography.testing.ts';
import { identityFrom } from '../../../mesh/index.ts';
import { createRooms, type Rooms } from '../index.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

/** Two Nodes, of which each can forget the other without its noticing. */
async function twoNodes() {
  const mesh = new FakeMesh(1);
  const cryptography = simulatedCryptography();
  const tabs = [mesh.add(), mesh.add()] as const;
  await mesh.meet();
  const roomsOf = ({ node, host, random }: (typeof tabs)[number]): Rooms => {
    const identity = identityFrom(random.bytes(32), cryptography);
    return createRooms({ node, identity, cryptography, clock: host, wallClock: host, timers: host, random });
  };
  return { mesh, a: tabs[0].node.id, b: tabs[1].node.id, rooms: tabs.map(roomsOf) as [Rooms, Rooms] };
}

it('a Node that forgot another which noticed nothing finds it again with its room, and what it missed', async () => {
  const { mesh, a, b, rooms } = await twoNodes();
  const first = await rooms[0].create({ reducer: noting, initial: [] });
  const opening = rooms[1].open(first.links.write ?? '', { reducer: noting });
  await mesh.runFor(1_000);
  const second = await opening;
  mesh.sever(b, a);
  await mesh.runUntil(() => second.sync.type === 'alone');
  mesh.isLost = (to, name) => to === b && name === 'updates';
  void first.update('missed');
  await mesh.runFor(100);
  mesh.rejoin(b, a);
  await mesh.runUntil(() => second.members.length === 2 && second.state.length === 1, 3_000);
});

it('who opens a room asks a Node that it meets again, though that one had never lost it', async () => {
  const { mesh, a, b, rooms } = await twoNodes();
  const first = await rooms[0].create({ reducer: noting, initial: [] });
  await mesh.runFor(100);
  mesh.sever(b, a);
  await mesh.runFor(100);
  const opening = rooms[1].open(first.links.read, { reducer: noting });
  await mesh.runFor(100);
  mesh.rejoin(b, a);
  await mesh.runFor(1_000);
  expect((await opening).state).toEqual([]);
});
