import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../../sim/room-world.testing.ts';
import { fieldsReducer } from '../reducers/fields.ts';

quietVirtualTime();

const MISSED = 1_000;
const ASLEEP_MS = 60_000;
const limits = { updatesPerSecond: 1e6, bytesPerSecond: 1e9 };

it('a laptop that slept for a minute is synced when it has the thousand updates that it missed, and what it wrote before is in', async () => {
  const world = new RoomWorld(12);
  const tabs = [world.addTab(), world.addTab(), world.addTab()];
  await world.meet();
  const [maker, writer, sleeper] = await world.room(tabs, fieldsReducer, {}, limits);
  const asleep = tabs[2];
  if (!maker || !writer || !sleeper || !asleep) throw new Error('unreachable');
  await world.settled(writer.update({ set: { before: 1 } }));
  await world.runUntil(() => 'before' in sleeper.state);
  world.freeze(asleep.id);
  const own = sleeper.update({ set: { own: 1 } });
  for (let i = 0; i < MISSED / 10; i++) {
    for (let j = 0; j < 10; j++) void writer.update({ set: { [`missed ${10 * i + j}`]: 'x'.repeat(60) } });
    await world.runFor((10 * ASLEEP_MS) / MISSED);
  }
  expect(Object.keys(sleeper.state)).toEqual(['before', 'own']);
  expect(writer.members.find(({ node }) => node === asleep.id)?.isHere).toBe(false);
  world.thaw(asleep.id);
  await world.settled(own);
  // What the others said as it fell asleep comes now, and is no answer.
  await world.settled(sleeper.synced());
  expect(Object.keys(sleeper.state)).toHaveLength(MISSED + 2);
  await world.runUntil(() => 'own' in writer.state && 'own' in maker.state);
  expect(new Set([maker, writer, sleeper].map(({ stateHash }) => stateHash)).size).toBe(1);
  await world.runUntil(() => sleeper.sync.type === 'with' && sleeper.sync.nodes === 2);
});
