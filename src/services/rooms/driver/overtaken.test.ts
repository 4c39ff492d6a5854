import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../../sim/room-world.testing.ts';
import { fieldsReducer, type RoomOvertakenError, RoomTooLargeError } from '../index.ts';

quietVirtualTime();

const limits = { maxBytes: 3_000 };
const large = (name: string) => ({ set: { [name]: name.repeat(2_000) } });

/** Two in a room that has a place for one of their large updates, and what each hears of its own. */
async function two(seed: number) {
  const world = new RoomWorld(seed);
  const tabs = [world.addTab(), world.addTab()];
  await world.meet();
  const rooms = await world.room(tabs, fieldsReducer, {}, limits);
  const heard = rooms.map((room) => {
    const told: string[] = [];
    room.events.on('overtaken', ({ update }) => told.push(JSON.stringify(update.update).slice(9, 10)));
    room.events.on('refused', ({ reason }) => told.push(reason));
    return told;
  });
  return { world, tabs, rooms, heard };
}

it('who reaches the cap at once with another, and comes behind it, hears from its own promise that the update does nothing', async () => {
  const { world, rooms, heard } = await two(1);
  const outcomes = await world.settled(
    Promise.allSettled(rooms.map((room, i) => room.update(large(i === 0 ? 'a' : 'b')))),
  );
  const undoable = rooms.map(({ history }) => history.canUndo);
  await world.runFor(2_000);
  const [failed, ...others] = outcomes.filter((one) => one.status === 'rejected');
  expect(others).toEqual([]);
  const error: RoomOvertakenError = failed?.reason;
  expect(error).toMatchObject({ code: 'room-overtaken', message: expect.stringMatching(/at the same time/) });
  expect(error.cause).toBeInstanceOf(RoomTooLargeError);
  const loser = outcomes.findIndex(({ status }) => status === 'rejected');
  expect([undoable[loser], undoable[1 - loser]]).toEqual([false, true]);
  // It hears it once, and the other as what somebody else's update does not do.
  expect(heard[loser]).toEqual([]);
  expect(heard[1 - loser]).toEqual([expect.stringMatching(/does nothing/)]);
  expect(rooms.map(({ state }) => Object.keys(state))).toEqual([
    Object.keys(rooms[0]?.state ?? {}),
    [loser === 0 ? 'b' : 'a'],
  ]);
});

it('who hears only when its promise has resolved that others came before it is told by an event, and once', async () => {
  const { world, tabs, rooms, heard } = await two(2);
  world.network.partition((id) => (id === tabs[0]?.id ? 0 : 1));
  await world.runUntil(() => rooms.every(({ sync }) => sync.type === 'alone'));
  await world.settled(Promise.all(rooms.map((room, i) => room.update(large(i === 0 ? 'a' : 'b')))));
  world.network.heal();
  await world.runUntil(() => rooms[0]?.stateHash === rooms[1]?.stateHash, 60_000);
  await world.runFor(15_000);
  const [kept] = Object.keys(rooms[0]?.state ?? {});
  const loser = kept === 'a' ? 1 : 0;
  expect(heard[loser]).toEqual([loser === 0 ? 'a' : 'b']);
  expect(heard[1 - loser]).toEqual([expect.stringMatching(/does nothing/)]);
});
