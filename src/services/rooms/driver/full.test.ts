import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../../sim/room-world.testing.ts';
import { fieldsReducer } from '../reducers/fields.ts';

quietVirtualTime();

const limits = { bytesPerSecond: 1e9, updatesPerSecond: 1e6 };
const large = (i: number) => ({ set: { [`f${i}`]: String.fromCharCode(97 + i).repeat(250_000) } });

/** A room of which something is final, and the one of two in it who does not make its checkpoints. */
async function begun(seed: number) {
  const world = new RoomWorld(seed);
  const tabs = [world.addTab(), world.addTab()];
  await world.meet();
  const [made, room] = await world.room(tabs, fieldsReducer, {}, limits);
  if (!made || !room) throw new Error('unreachable');
  await world.settled(room.update({ set: { hello: 1 } }));
  await world.runUntil(() => room.finality.type === 'final');
  return { world, made, room };
}

it('a room that many large updates fill makes them wait while an administrator is here, and takes all', async () => {
  const { world, made, room } = await begun(3);
  const outcomes: string[] = [];
  for (let i = 0; i < 19; i++) {
    room.update(large(i)).then(
      () => outcomes.push('taken'),
      (error: Error) => outcomes.push(error.message),
    );
    await world.runFor(50);
  }
  expect(Object.keys(room.state).length).toBeLessThan(20);
  await world.runUntil(() => outcomes.length === 19);
  expect(new Set(outcomes)).toEqual(new Set(['taken']));
  await world.runUntil(() => Object.keys(made.state).length === 20);
});

it('says that an administrator has to be here where none is', async () => {
  const { world, made, room } = await begun(4);
  made.close();
  await world.runFor(5_000);
  const writing = Promise.allSettled(Array.from({ length: 12 }, (_, i) => room.update(large(i))));
  const outcomes = await world.settled(writing);
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(5);
  expect(outcomes.at(-1)).toMatchObject({
    reason: { code: 'room-full', message: expect.stringMatching(/an administrator has to be here/) },
  });
});
