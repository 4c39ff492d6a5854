import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../../sim/room-world.testing.ts';
import { type Room, RoomUndoError } from '../index.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

type Notes = Room<readonly string[], string>;

it('a device takes back what it has written itself, and that again, until it is final', async () => {
  const world = new RoomWorld(1);
  const tabs = [world.addTab(), world.addTab()];
  await world.meet();
  const [own, theirs] = (await world.room(tabs, noting, [])) as [Notes, Notes];
  await expect(own.history.undo()).rejects.toThrow('nothing of this device to undo');
  await world.runUntil(() => own.finality.type === 'final');
  const written = own.update('a');
  const second = own.update('b');
  const other = theirs.update('c');
  await world.settled(Promise.all([written, second, other]));
  await world.runUntil(() => theirs.state.length === 3 && own.state.length === 3);
  const before = own.state;
  await world.settled(own.history.undo());
  const hash = await world.settled(own.history.undo());
  expect([own.state, own.history.canUndo, own.history.canRedo]).toEqual([['c'], false, true]);
  expect(own.at(await written)).toContain('a');
  expect(own.updates().find((update) => update.hash === hash)?.isUndo).toBe(true);
  await world.runUntil(() => theirs.state.length === 1);
  await world.settled(own.history.redo());
  await world.settled(own.history.redo());
  expect(own.state).toEqual(before);
  await world.runUntil(() => theirs.stateHash === own.stateHash);
  await world.settled(own.history.undo());
  expect(own.state).not.toContain('b');
  await world.runUntil(() => own.finality.type === 'final' && own.finality.updates > 3);
  await world.runFor(5_000);
  expect([own.history.canUndo, own.history.canRedo]).toEqual([false, false]);
  await expect(own.history.undo()).rejects.toBeInstanceOf(RoomUndoError);
  await expect(own.history.redo()).rejects.toThrow('final by now');
  expect([own.stateHash, own.state.includes('b')]).toEqual([theirs.stateHash, false]);
  await world.settled(own.update('d'));
  expect([own.history.canUndo, own.history.canRedo]).toEqual([true, false]);
});
