import { beforeEach, describe, expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { Device, type RoomTab, RoomWorld } from '../../../../sim/room-world.testing.ts';
import { concatBytes, setLogSink, toHex } from '../../../runtime/index.ts';
import { decodePlain, encodePlain } from '../canonical.ts';
import { makeGenesis } from '../genesis.ts';
import { DEFAULT_ROOM_LIMITS, type Plain, type Room, type RoomId, RoomVersionError } from '../index.ts';
import { keysOf, readKeysOf } from '../keys.ts';
import { linksOf } from '../link.ts';
import { noting } from '../room.testing.ts';
import { genesisRecord } from './kept-genesis.ts';

quietVirtualTime();

type Notes = Room<readonly string[], string>;
let world: RoomWorld;
let laptop: Device;

const newTab = async (device: Device): Promise<RoomTab> => {
  const tab = world.addTab(0, device);
  await world.meet();
  return tab;
};
const open = ({ rooms }: RoomTab, link: string | undefined): Promise<Notes> =>
  world.settled(rooms.open(link ?? '', { reducer: noting }));
const baseOn = ({ disk }: Device): readonly [string, Uint8Array] => {
  const [base, another] = [...disk.records].filter(([key]) => key.includes('/base/'));
  if (!base || another) throw new Error('there is not one base');
  return base;
};

describe('what another version has left on a disk', () => {
  beforeEach(() => {
    setLogSink(() => {});
    world = new RoomWorld(1);
    laptop = new Device();
  });

  it('is no empty room: that is said, it stays there, and others give what it was', async () => {
    const tab = await newTab(laptop);
    const limits = { maxBytes: 1_000_000 };
    const made = tab.rooms.create({ reducer: noting, initial: [] as readonly string[], limits });
    const first = await world.settled(made);
    const desk = new Device();
    const deskTab = await newTab(desk);
    const other = await open(deskTab, first.links.write);
    for (let i = 0; i < 12; i++) {
      await world.settled(first.update(`${i}${'x'.repeat(20_000)}`));
      await world.runFor(3_000);
    }
    await world.runUntil(() => first.disk.type === 'kept' && other.stateHash === first.stateHash);
    world.endTab(deskTab);
    await world.runFor(5_000);

    const [key] = baseOn(laptop);
    const bytes = await tab.place?.shelf.read(key);
    first.close();
    await tab.place?.shelf.write([{ key, bytes: (bytes ?? new Uint8Array()).map((byte) => byte ^ 1) }]);
    const [, foreign] = baseOn(laptop);
    world.endTab(tab);
    await world.runFor(5_000);
    const again = await open(await newTab(laptop), first.links.write);
    expect(again.disk).toMatchObject({ type: 'trouble', reason: expect.stringContaining('another version') });
    await world.settled(again.update('meanwhile'));
    await world.runFor(10_000);
    expect(baseOn(laptop)).toEqual([key, foreign]);

    const back = await open(await newTab(desk), first.links.admin);
    await world.runUntil(() => again.stateHash === back.stateHash && again.disk.type === 'kept');
    expect([again.state.length, again.state.at(-1)]).toEqual([13, 'meanwhile']);
    expect(baseOn(laptop)[1]).not.toEqual(foreign);
  });

  it('is refused in words where the room began with it', async () => {
    const { cryptography } = world;
    const keys = keysOf('admin', new Uint8Array(32).fill(7), cryptography);
    const beginning = { reducer: noting.name, initial: [], limits: DEFAULT_ROOM_LIMITS };
    const genesis = makeGenesis(beginning, keys, cryptography);
    const bytes = encodePlain([1, ...(decodePlain(genesis.bytes) as Plain[]).slice(1)]);
    const label = new TextEncoder().encode('leafcutter room genesis\n');
    const id = toHex(cryptography.sha256(concatBytes(label, bytes))) as RoomId;
    const record = genesisRecord(
      { ...genesis, id, bytes },
      readKeysOf(keys.readKey, cryptography),
      cryptography,
    );
    const { rooms, place } = await newTab(laptop);
    await place?.shelf.write([record]);
    const lying = laptop.disk.records.get(record.key);
    const opening = rooms.open(linksOf('', id, keys).write ?? '', { reducer: noting });
    await expect(world.settled(opening)).rejects.toThrow(RoomVersionError);
    expect(lying).toBeDefined();
    expect(laptop.disk.records.get(record.key)).toEqual(lying);
  });
});
