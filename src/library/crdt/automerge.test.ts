/** Automerge's own suites, on rooms in a mesh whose time runs as fast as it can beside the real one that the suites wait in. */
import { type PeerId, Repo } from '@automerge/automerge-repo';
import { runNetworkAdapterTests } from '@automerge/automerge-repo/helpers/tests/network-adapter-tests.js';
import { runStorageAdapterTests } from '@automerge/automerge-repo/helpers/tests/storage-adapter-tests.js';
import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../sim/room-world.testing.ts';
import { type Fields, type FieldsUpdate, fieldsReducer, type Room } from '../../services/rooms/index.ts';
import { LeafcutterNetworkAdapter, LeafcutterStorageAdapter } from '../index.automerge.ts';

quietVirtualTime();

type FieldsRoom = Room<Fields, FieldsUpdate>;

interface Begun {
  readonly world: RoomWorld;
  readonly rooms: readonly FieldsRoom[];
  stop(): void;
}

async function begin(count: number): Promise<Begun> {
  const world = new RoomWorld(1);
  const tabs = Array.from({ length: count }, () => world.addTab());
  await world.meet();
  const limits = { updatesPerSecond: 1_000, bytesPerSecond: 10_000_000 };
  const rooms = (await world.room(tabs, fieldsReducer, {}, limits)) as FieldsRoom[];
  let isRunning = true;
  const run = async (): Promise<void> => {
    for (let beforeMs = performance.now(); isRunning; ) {
      // Never slower than the real one: answers that a busy machine holds up are not to be late for who waits for them in real time.
      const nowMs = performance.now();
      await world.runFor(Math.max(10, Math.ceil(nowMs - beforeMs)));
      beforeMs = nowMs;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  void run();
  return {
    world,
    rooms,
    stop() {
      isRunning = false;
    },
  };
}

runNetworkAdapterTests(async () => {
  const { rooms, stop } = await begin(3);
  const [a, b, c] = rooms.map((room) => new LeafcutterNetworkAdapter(room as never));
  if (!a || !b || !c) throw new Error('there are three');
  return { adapters: [a, b, c], teardown: stop };
}, 'rooms');

runStorageAdapterTests(async () => {
  const { rooms, stop } = await begin(1);
  return { adapter: new LeafcutterStorageAdapter(rooms[0] as FieldsRoom), teardown: stop };
}, 'rooms');

it('a document that is stored in a room is there for who comes when its maker is gone, in parts where it is large', async () => {
  const { rooms, stop } = await begin(2);
  const [own, theirs] = rooms as [FieldsRoom, FieldsRoom];
  const first = new Repo({ storage: new LeafcutterStorageAdapter(own), peerId: 'first' as PeerId });
  const handle = first.create<{ text: string }>({ text: '' });
  handle.change((doc) => {
    // Nothing that compresses.
    doc.text = Array.from({ length: 200_000 }, (_, i) =>
      String.fromCharCode(0x4e00 + ((i * 7919) % 20_000)),
    ).join('');
  });
  await first.flush();
  await expect.poll(() => theirs.stateHash === own.stateHash).toBe(true);
  const second = new Repo({ storage: new LeafcutterStorageAdapter(theirs), peerId: 'second' as PeerId });
  const found = await second.find<{ text: string }>(handle.url);
  expect(found.doc().text.length).toBe(200_000);
  expect(Object.keys(own.state).some((name) => name.includes('#1/'))).toBe(true);
  stop();
});

it('nobody is a peer any more of who has closed the room', async () => {
  const { rooms, stop } = await begin(2);
  const [own, theirs] = rooms.map((room) => new LeafcutterNetworkAdapter(room as never));
  const lost: string[] = [];
  own?.on('peer-disconnected', ({ peerId }) => lost.push(peerId));
  own?.connect('own' as PeerId);
  theirs?.connect('theirs' as PeerId);
  await own?.whenReady();
  rooms[0]?.close();
  await expect.poll(() => lost).toEqual(['theirs']);
  stop();
});

it('what a reader of the room changes is not taken from it', async () => {
  const { world, rooms, stop } = await begin(1);
  const [own] = rooms as [FieldsRoom];
  const tab = world.addTab();
  const reader = await tab.rooms.open(own.links.read, { reducer: fieldsReducer });
  const refused: string[] = [];
  own.events.on('refused', ({ reason }) => refused.push(reason));
  await expect.poll(() => own.members.length === 2 && reader.members.length === 2).toBe(true);
  const [writes, reads] = [own, reader].map(
    (room, i) =>
      new Repo({ network: [new LeafcutterNetworkAdapter(room as never)], peerId: `repo${i}` as PeerId }),
  ) as [Repo, Repo];
  const handle = writes.create<{ by: string }>({ by: 'writer' });
  const seen = await reads.find<{ by: string }>(handle.url);
  expect(seen.doc().by).toBe('writer');
  seen.change((doc) => {
    doc.by = 'reader';
  });
  await expect.poll(() => refused).toContain('it has changed a document and may only read');
  expect(handle.doc().by).toBe('writer');
  stop();
});
