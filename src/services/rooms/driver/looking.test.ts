import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../../sim/room-world.testing.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

const withAnotherKey = (link: string): string => {
  const at = link.length - 10;
  return `${link.slice(0, at)}${link[at] === 'A' ? 'B' : 'A'}${link.slice(at + 1)}`;
};

it('whoever looks for a room by a link that nobody answers to hears of it, once, and looks on', async () => {
  const world = new RoomWorld(1);
  const [maker, seeker] = [world.addTab(), world.addTab()];
  await world.meet();
  const [made] = await world.room([maker], noting, []);
  const link = made?.links.write ?? '';
  const said: string[] = [];
  const gone = new AbortController();
  const looking = { reducer: noting, signal: gone.signal, onLooking: (why: string) => said.push(why) };
  const opening = seeker.rooms.open(withAnotherKey(link), looking);
  const end = expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  await world.runFor(2_900);
  expect(said).toEqual([]);
  await world.runFor(20_000);
  expect(said).toEqual(['nobody here has this room, or the key of its link is not theirs']);
  gone.abort();
  await world.settled(end);
});

it('hears nothing of it where somebody has the room, or it lies on its disk', async () => {
  const world = new RoomWorld(1);
  const [maker, seeker] = [world.addTab(), world.addTab()];
  await world.meet();
  const [made] = await world.room([maker], noting, []);
  const said: string[] = [];
  const onLooking = (why: string): unknown => said.push(why);
  await world.settled(seeker.rooms.open(made?.links.write ?? '', { reducer: noting, onLooking }));
  await world.runFor(10_000);
  expect(said).toEqual([]);
});
