/** Over 100 kbit/s an answer of 256 KiB takes twenty seconds: as long as it comes, nobody asks for it again. */
import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../../sim/room-world.testing.ts';
import { setLogSink } from '../../../runtime/index.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

const SLOW_BYTES_PER_S = 12_500;
const UPDATES = 60;
const limits = { updatesPerSecond: 1e6, bytesPerSecond: 1e9 };

it.each([
  { given: 'the updates of a room without an administrator', secret: new Uint8Array(32).fill(5) },
  { given: 'a snapshot', secret: undefined },
])('a newcomer gets $given over a slow Link once, and soon', async ({ secret }) => {
  setLogSink(() => {});
  const world = new RoomWorld(1);
  const [maker, newcomer] = [world.addTab(), world.addTab()];
  await world.meet();
  const beginning = { reducer: noting, initial: [] as readonly string[], limits, ...(secret && { secret }) };
  const made = await world.settled(maker.rooms.create(beginning));
  let bytes = 0;
  for (let i = 0; i < UPDATES; i++) {
    const text = `${i} `.padEnd(10_000, `${i}`);
    bytes += text.length;
    await world.settled(made.update(text));
  }
  await world.runFor(30_000);
  expect(made.finality.type).toBe(secret ? 'none' : 'final');
  world.network.conditions = { ...world.network.conditions, bytesPerSecond: SLOW_BYTES_PER_S };
  const begun = world.now();
  const opening = newcomer.rooms.open(made.links.write ?? '', { reducer: noting });
  const room = await world.settled(opening);
  await world.runUntil(() => room.state.length === UPDATES, 600_000);
  const seconds = (world.now() - begun) / 1_000;
  expect(seconds).toBeLessThan((1.25 * bytes) / SLOW_BYTES_PER_S);
});
