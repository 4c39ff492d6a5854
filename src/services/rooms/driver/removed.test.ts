/** Who was taken out knows it when it is back, whoever is there. */
import { beforeEach, expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { Device, type RoomTab, RoomWorld } from '../../../../sim/room-world.testing.ts';
import { setLogSink } from '../../../runtime/index.ts';
import type { KeptRoom, Room } from '../index.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

type Notes = Room<readonly string[], string>;
let world: RoomWorld;
let machine: Device;
let ann: RoomTab;
let bob: RoomTab;
let own: Notes;
let link: string;
let tab: RoomTab;

const newTab = async (device?: Device): Promise<RoomTab> => {
  const made = world.addTab(0, device);
  await world.meet();
  return made;
};
const keep = async (): Promise<KeptRoom> => {
  tab = await newTab(machine);
  return world.settled(tab.rooms.keep(link));
};
const bootKeeper = async (): Promise<void> => {
  const keeper = own.members.find(({ node }) => node === tab.id);
  if (!keeper) throw new Error('it is not known');
  await world.settled(own.boot(keeper));
};

beforeEach(async () => {
  setLogSink(() => {});
  world = new RoomWorld(1);
  machine = new Device();
  [ann, bob] = [await newTab(), await newTab()];
  const rooms = await world.room([ann, bob], noting, []);
  own = rooms[0] as Notes;
  link = own.links.read;
});

it('is told once, and needs nobody to know it after that', async () => {
  const first = await keep();
  await world.settled(own.update('before'));
  await world.runUntil(
    () =>
      first.updates().length === 1 && first.disk.type === 'kept' && own.members.every(({ device }) => device),
  );
  await bootKeeper();
  await world.runUntil(() => first.sync.type === 'removed');
  await world.runFor(3_000);
  const had = [first.base?.checkpoint, first.updates(), first.heads];
  for (const one of [tab, bob, ann]) world.endTab(one);
  await world.runFor(10_000);
  const again = await keep();
  expect(again.sync).toMatchObject({
    type: 'removed',
    reason: expect.stringContaining('removed this device'),
  });
  expect([again.base?.checkpoint, again.updates(), again.heads]).toEqual(had);
  expect(had).not.toEqual([undefined, [], []]);
});

it('was away then, and hears it from whoever was there', async () => {
  const first = await keep();
  await world.settled(own.update('before'));
  await world.runUntil(
    () =>
      first.updates().length === 1 && first.disk.type === 'kept' && own.members.every(({ device }) => device),
  );
  await world.runUntil(() => own.finality.type === 'final');
  world.endTab(tab);
  await world.runUntil(() => own.members.some(({ isHere }) => !isHere));
  await bootKeeper();
  await world.runFor(5_000);
  world.endTab(ann);
  await world.runFor(10_000);
  const again = await keep();
  await world.runUntil(() => again.sync.type === 'removed', 20_000);
});

it('is somebody new by a new link, on the same disk', async () => {
  const first = await keep();
  await world.settled(own.update('before'));
  await world.runUntil(() => first.disk.type === 'kept' && own.members.every(({ device }) => device));
  await bootKeeper();
  await world.runUntil(() => first.sync.type === 'removed');
  await world.runFor(3_000);
  world.endTab(tab);
  await world.runFor(5_000);
  link = own.links.write ?? '';
  const again = await keep();
  await world.settled(again.synced());
  expect(again.sync).toMatchObject({ type: 'with' });
  await world.settled(again.update('back'));
  await world.runUntil(() => own.state.includes('back'));
});
