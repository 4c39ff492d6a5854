import { expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { RoomWorld } from '../../../../sim/room-world.testing.ts';
import { concatBytes } from '../../../runtime/index.ts';
import { Keyring } from '../epochs.ts';
import type { Genesis } from '../genesis.ts';
import type { RoomKeys } from '../keys.ts';
import { parseRoomLink } from '../link.ts';
import { Envelope } from '../messages.ts';
import { noting } from '../room.testing.ts';
import { UpdateCodec } from '../update.ts';

quietVirtualTime();

it('a Node that keeps to no rate is held back and told so, and all that it wrote arrives', async () => {
  const world = new RoomWorld(1);
  const tab = world.addTab();
  const stranger = world.add();
  await world.meet();
  const limits = { updatesPerSecond: 5 };
  const room = await tab.rooms.create({ reducer: noting, initial: [], limits });
  const shown: unknown[] = [];
  room.events.on('heldBack', (one) => shown.push(one));

  const { keys } = parseRoomLink(room.links.write ?? '', world.cryptography);
  const { genesis } = room as unknown as { genesis: Genesis };
  const { envelope, flood } = flooder(world, stranger.identity, keys, genesis);
  const stream = stranger.node.stream('rooms');
  const told: boolean[] = [];
  stream.receive('hold', ({ from, body }) => void told.push(envelope.isFrom(from, body)));
  void stream.send(tab.id, 'here', envelope.ownMark);
  void stream.send(tab.id, 'updates', envelope.closeUpdates(flood, '' as never));
  await world.runFor(1_000);
  expect(room.state.length).toBeLessThan(65);
  expect([told, shown]).toEqual([[true], [{ node: stranger.node.id, by: tab.id }]]);
  await world.runUntil(() => room.state.length === flood.length);
});

function flooder(
  { cryptography }: RoomWorld,
  identity: Parameters<UpdateCodec['write']>[1] & { readonly id: string },
  keys: RoomKeys,
  genesis: Genesis,
) {
  const keyring = new Keyring(genesis, keys, cryptography);
  const codec = new UpdateCodec(keyring, cryptography);
  const certificate = codec.certify(identity, keys.writeSecret ?? concatBytes());
  const draft = { session: 1, depth: 1, claimedAtMs: 0, parents: [], places: [] };
  const flood = Array.from({ length: 100 }, (_, i) =>
    codec.write({ ...draft, number: i + 1, payload: `${i}` }, identity, certificate),
  );
  return { envelope: new Envelope(identity.id as never, keyring, cryptography), flood };
}
