/** Who has a room for a moment: a script. */
import { beforeEach, expect, it } from 'vitest';
import { FakeMesh, type FakeTab } from '../../../../sim/fake-mesh.testing.ts';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { simulatedCryptography } from '../../../mesh/identity/cryptography.testing.ts';
import { identityFrom } from '../../../mesh/index.ts';
import { createRooms, type KeptRoom, type Room, type Rooms } from '../index.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

let mesh: FakeMesh;
let tabs: readonly [FakeTab, FakeTab];
let rooms: readonly [Rooms, Rooms];
let first: Room<readonly string[], string>;

const cryptography = simulatedCryptography();
const roomsOf = ({ node, host, random }: FakeTab): Rooms => {
  const identity = identityFrom(random.bytes(32), cryptography);
  return createRooms({ node, identity, cryptography, clock: host, wallClock: host, timers: host, random });
};

beforeEach(async () => {
  mesh = new FakeMesh(1);
  tabs = [mesh.add(), mesh.add()];
  await mesh.meet();
  rooms = [roomsOf(tabs[0]), roomsOf(tabs[1])];
  first = await rooms[0].create({ reducer: noting, initial: [] });
});

async function settled<T>(promise: Promise<T>, limitMs?: number): Promise<T> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  promise.then(over, over);
  await mesh.runUntil(() => isOver, limitMs);
  return promise;
}

const pass = (): Promise<KeptRoom> => settled(rooms[1].keep(first.links.write ?? '', { isPassing: true }));

it('is told what the others have whenever it asks, and on whatever checkpoint', async () => {
  await settled(first.update('a'));
  await mesh.runUntil(() => first.finality.type === 'final');
  const passing = await pass();
  // Nobody is given up for silent, which takes ten seconds.
  for (let times = 0; times < 3; times++) await settled(passing.synced(), 1_000);
  expect(passing.base).toMatchObject({ updates: 1 });
});

it('has written only what somebody else has who is still there', async () => {
  const passing = await pass();
  await settled(passing.synced());
  const written = passing.update('a');
  mesh.sever(tabs[1].node.id, tabs[0].node.id);
  await expect(settled(written)).rejects.toMatchObject({ code: 'room-left' });
  await expect(settled(passing.update('b'))).rejects.toMatchObject({ code: 'room-left' });
});

it('is no one to wait for: whoever has the room is alone with it', async () => {
  const passing = await pass();
  await settled(passing.synced());
  expect(await settled(first.update('a'), 1_000)).toMatch(/^[0-9a-f]{64}$/);
  await settled(first.synced(), 1_000);
  expect(first.sync).toEqual({ type: 'alone' });
});

it('is asked for what it wrote when that did not arrive', async () => {
  const passing = await pass();
  await settled(passing.synced());
  mesh.isLost = (_to, name) => name === 'updates';
  await settled(passing.update('a'), 5_000);
  expect(first.state).toEqual(['a']);
});
