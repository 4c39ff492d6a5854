import { beforeEach, describe, expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { Device, type RoomTab, RoomWorld } from '../../../../sim/room-world.testing.ts';
import { setLogSink } from '../../../runtime/index.ts';
import { DEFAULT_ROOM_LIMITS, type Room, type RoomDisk } from '../index.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

type Notes = Room<readonly string[], string>;
let world: RoomWorld;
let laptop: Device;

const newTab = async (device: Device | undefined = laptop): Promise<RoomTab> => {
  const tab = world.addTab(0, device);
  await world.meet();
  return tab;
};
const begin = (tab: RoomTab, limits = {}): Promise<Notes> =>
  world.settled(tab.rooms.create({ reducer: noting, initial: [], limits }));
const open = ({ rooms }: RoomTab, link: string | undefined): Promise<Notes> =>
  world.settled(rooms.open(link ?? '', { reducer: noting }));
const keysOn = ({ disk }: Device): readonly string[] => [...disk.records.keys()];

describe('a room on a disk', () => {
  beforeEach(() => {
    setLogSink(() => {});
    world = new RoomWorld(1);
    laptop = new Device();
  });

  it('is there again after everyone was gone, with nobody else, and goes on', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    for (const text of ['a', 'b', 'c']) await world.settled(first.update(text));
    expect(first.disk).toEqual({ type: 'kept' });
    world.endTab(tab);
    await world.runFor(5_000);
    const again = await open(await newTab(), first.links.write);
    expect([again.state, again.sync.type, again.stateHash]).toEqual([
      ['a', 'b', 'c'],
      'alone',
      first.stateHash,
    ]);
    await world.settled(again.update('d'));
    expect(again.state).toEqual(['a', 'b', 'c', 'd']);
  });

  it('settles an update that is written alone when the disk has it, and not before', async () => {
    const first = await begin(await newTab());
    let mayWrite = (): void => {};
    laptop.disk.before = (operation) =>
      operation === 'set' ? new Promise((resolve) => (mayWrite = resolve)) : undefined;
    let isSettled = false;
    const written = first.update('a').then(() => {
      isSettled = true;
    });
    await world.runFor(1_000);
    expect([first.state, isSettled, first.disk]).toEqual([['a'], false, { type: 'storing', updates: 1 }]);
    mayWrite();
    await world.settled(written);
  });

  it('brings what was written offline to the others later, and what they wrote to it', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    await world.settled(first.update('a'));
    const desk = new Device();
    const deskTab = await newTab(desk);
    const other = await open(deskTab, first.links.write);
    await world.runUntil(() => other.state.length === 1);
    world.endTab(tab);
    await world.runUntil(() => other.sync.type === 'alone');
    await world.settled(other.update('b'));
    world.endTab(deskTab);

    const offlineTab = await newTab();
    const offline = await open(offlineTab, first.links.write);
    expect(offline.state).toEqual(['a']);
    await world.settled(offline.update('offline'));
    world.endTab(offlineTab);

    const [later, back] = [
      await open(await newTab(desk), first.links.write),
      await open(await newTab(), first.links.write),
    ];
    await world.runUntil(() => later.state.length === 3 && back.state.length === 3);
    expect([...later.state].sort()).toEqual(['a', 'b', 'offline']);
    expect(back.stateHash).toBe(later.stateHash);
  });

  it('is written anew, and only then called safe, when what was there was removed meanwhile, with or without a checkpoint', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    await world.settled(first.update('a'));
    laptop.disk.records.clear();
    await world.settled(first.update('b'));
    await world.runUntil(() => first.finality.type === 'final' && first.disk.type === 'kept');
    laptop.disk.records.clear();
    await world.settled(first.update('c'));
    expect(first.disk).toEqual({ type: 'kept' });
    world.endTab(tab);
    await world.runFor(5_000);
    expect((await open(await newTab(), first.links.write)).state).toEqual(['a', 'b', 'c']);
  });

  it('is said and survived when the disk is full, and written when there is room again', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    const said: RoomDisk['type'][] = [];
    first.events.on('disk', ({ type }) => said.push(type));
    laptop.disk.capacityBytes = laptop.disk.usedBytes + 10;
    await world.settled(first.update('a'));
    await world.runUntil(() => first.disk.type === 'trouble');
    expect(first.disk).toMatchObject({
      type: 'trouble',
      updates: 1,
      reason: expect.stringContaining('disk is full'),
    });
    // A checkpoint is to be written as well soon; then it is tried again and again, and said no more.
    await world.runFor(5_000);
    const before = said.length;
    await world.runFor(150_000);
    expect(said).toHaveLength(before);
    await world.settled(first.update('b'));
    expect(first.state).toEqual(['a', 'b']);
    laptop.disk.capacityBytes = Number.POSITIVE_INFINITY;
    await world.runUntil(() => first.disk.type === 'kept');
    expect(said).toContain('trouble');
    world.endTab(tab);
    expect((await open(await newTab(), first.links.read)).state).toEqual(['a', 'b']);
  });

  it('is said and survived when the disk breaks off in the middle of an update, which settles nevertheless', async () => {
    const first = await begin(await newTab());
    laptop.disk.before = (operation) => {
      if (operation === 'set') throw new Error('unplugged');
    };
    await world.settled(first.update('a'));
    expect(first.disk).toMatchObject({ type: 'trouble', reason: 'unplugged' });
  });

  it('is kept by one tab of a browser, and by the other when that one is gone, whole', async () => {
    const [one, two] = [await newTab(), await newTab()];
    const first = await begin(one);
    const second = await open(two, first.links.write);
    await world.runUntil(() => second.members.length === 2);
    expect([first.disk.type, second.disk.type]).toEqual(['kept', 'elsewhere']);
    await world.settled(second.update('a'));
    const writes = laptop.disk.sets;
    world.freeze(one.id);
    void second.update('b');
    await world.runFor(100);
    expect(laptop.disk.sets).toBe(writes);
    world.endTab(one);
    await world.runUntil(() => second.disk.type === 'kept');
    world.endTab(two);
    expect((await open(await newTab(), first.links.read)).state).toEqual(['a', 'b']);
  });

  it('settles what is written alone while another tab keeps it when that is on the disk, and not before', async () => {
    const [tab, second] = [await newTab(), await newTab()];
    const first = await begin(tab);
    const other = await open(second, first.links.write);
    await world.settled(first.update('a'));
    await world.runUntil(() => other.state.length === 1 && first.disk.type === 'kept');
    // Just after it was tried to take over.
    await world.runFor(2_000 - (world.now() % 2_000) + 50);
    world.endTab(tab);
    await world.runUntil(() => other.sync.type === 'alone');
    await world.settled(other.update('b'));
    world.endTab(second);
    expect((await open(await newTab(), first.links.write)).state).toEqual(['a', 'b']);
  });

  it('settles what the tab beside it has stored, which went before it could say so', async () => {
    const [tab, second] = [await newTab(), await newTab()];
    const first = await begin(tab);
    const other = await open(second, first.links.write);
    const written = other.update('b');
    await world.runUntil(() => first.state.length === 1 && first.disk.type === 'kept');
    world.endTab(tab);
    await world.settled(written);
    expect(other.sync.type).toBe('alone');
  });

  it('settles what is written when it is opened again while the last writes of before are on their way', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    await world.settled(first.update('a'));
    let isSlow = true;
    laptop.disk.before = (operation) =>
      operation === 'set' && isSlow
        ? new Promise((resolve) => world.network.scheduler.after(300, resolve))
        : undefined;
    const pending = first.update('b').catch(() => undefined);
    await world.runFor(10);
    first.close();
    await pending;
    const again = await open(tab, first.links.write);
    await world.settled(again.update('c'));
    world.endTab(tab);
    isSlow = false;
    await world.runFor(5_000);
    const back = await open(await newTab(), first.links.write);
    expect([...back.state].sort()).toEqual(['a', 'b', 'c']);
  });

  it('keeps in memory what is open, and not all that there was, in a tab beside the one that writes it (R9)', async () => {
    const [tab, second] = [await newTab(), await newTab()];
    const first = await begin(tab, { maxBytes: 3_000_000, updatesPerSecond: 1_000 });
    const other = await open(second, first.links.write);
    for (let i = 0; i < 600; i++) {
      void first.update(`${i} ${'x'.repeat(1_000)}`);
      if (i % 20 === 19) await world.runFor(1_000);
    }
    await world.runUntil(() => other.state.length === 600 && (other.base?.updates ?? 0) > 0);
    await world.runFor(20_000);
    const told: RoomDisk[] = [];
    other.events.on('disk', (disk) => told.push(disk));
    world.endTab(tab);
    await world.runUntil(() => other.disk.type === 'kept');
    expect(told).toEqual([{ type: 'kept' }]);
  });

  it('lies there in few pieces, however slowly it is written, in an order that can be read', async () => {
    const tab = await newTab();
    const first = await begin(tab, { updatesPerSecond: 1_000 });
    for (let i = 0; i < 400; i++) await world.settled(first.update(`${i}`));
    expect(keysOn(laptop).length).toBeLessThan(40);
    world.endTab(tab);
    const again = await open(await newTab(), first.links.read);
    expect(again.stateHash).toBe(first.stateHash);
  });

  it('has what is written while pieces become one', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    laptop.disk.before = (operation) =>
      operation === 'set' ? new Promise((resolve) => world.network.scheduler.after(20, resolve)) : undefined;
    for (let i = 0; i < 45; i++) {
      void first.update(`${i}`);
      await world.runFor(25);
    }
    void first.update('last');
    await world.runUntil(() => first.disk.type === 'kept', 5_000);
    world.endTab(tab);
    expect((await open(await newTab(), first.links.read)).stateHash).toBe(first.stateHash);
  });

  it('can be lost in part, and is then fetched from who has it', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    for (const text of ['a', 'b', 'c']) await world.settled(first.update(text));
    const other = await open(await newTab(new Device()), first.links.write);
    await world.runUntil(() => other.state.length === 3);
    world.endTab(tab);
    await world.runFor(3_000);
    const [torn] = keysOn(laptop).filter((key) => key.includes('/log/'));
    laptop.disk.tear(torn ?? '');
    const again = await open(await newTab(), first.links.write);
    await world.runUntil(() => again.state.length === 3);
    expect(again.stateHash).toBe(other.stateHash);
  });

  it('lies there as a checkpoint and what came after it, and goes on from that where it was (R9)', async () => {
    const tab = await newTab();
    const first = await begin(tab, { maxBytes: 1_000_000 });
    const large = 'x'.repeat(20_000);
    for (let i = 0; i < 40; i++) {
      await world.settled(first.update(`${i % 2 === 0 ? large : ''}${i}`));
      await world.runFor(1_000);
    }
    await world.runFor(10_000);
    const { finality } = first;
    expect(finality).toMatchObject({ type: 'final', updates: 40, by: tab.id, breaks: [] });
    expect(first.base?.updates).toBeGreaterThan(20);
    expect(keysOn(laptop).filter((key) => key.includes('/base/'))).toHaveLength(1);
    const logged = keysOn(laptop).filter((key) => key.includes('/log/'));
    const kept = logged.reduce((sum, key) => sum + (laptop.disk.records.get(key)?.length ?? 0), 0);
    expect(kept).toBeLessThan(350_000);
    world.endTab(tab);
    await world.runFor(5_000);
    const again = await open(await newTab(), first.links.admin);
    expect([again.state, again.finality]).toEqual([first.state, finality]);
    await world.settled(again.update('later'));
    again.administer();
    await world.runFor(15_000);
    expect(again.finality).toMatchObject({ type: 'final', updates: 41 });
    expect(again.state.at(-1)).toBe('later');
  });

  it('is kept by a Node that does not know what it is about, and given to whoever comes', async () => {
    const [tab, keeperTab] = [await newTab(new Device()), await newTab()];
    const first = await begin(tab);
    const hash = await world.settled(first.update('a'));
    const keeper = await world.settled(keeperTab.rooms.keep(first.links.read));
    await world.settled(keeper.synced());
    await world.runFor(5_000);
    expect(keeper.beginning).toEqual({ reducer: 'noting/1', initial: [], limits: DEFAULT_ROOM_LIMITS });
    expect(keeper.updates()).toMatchObject([{ hash, update: 'a', parents: [] }]);
    expect([first.sync, keeper.sync]).toEqual(Array(2).fill({ type: 'with', nodes: 1, of: 1 }));
    world.endTab(tab);
    world.endTab(keeperTab);
    const again = await world.settled((await newTab()).rooms.keep(first.links.write ?? ''));
    const late = await open(await newTab(new Device()), first.links.write);
    const refused: unknown[] = [];
    late.events.on('refused', (one) => refused.push(one));
    const seen: unknown[] = [];
    late.events.on('update', ({ update }) => seen.push(update));
    await world.settled(late.synced());
    await world.settled(again.update('from a script'));
    await world.runUntil(() => late.state.length === 2);
    await world.runFor(20_000);
    expect([late.state, seen, refused]).toEqual([['a', 'from a script'], ['a', 'from a script'], []]);
  });

  it('shows nothing there to who has no link, and can be forgotten', async () => {
    const tab = await newTab();
    const first = await begin(tab);
    await world.settled(first.update('a secret'));
    const bytes = [...laptop.disk.records.values()].map((record) => new TextDecoder('latin1').decode(record));
    expect(bytes.join()).not.toMatch(/secret|noting/);
    const { read } = first.links;
    await expect(tab.rooms.forget(read)).rejects.toThrow('open here');
    first.close();
    await world.settled(tab.rooms.forget(read));
    expect(keysOn(laptop)).toEqual([]);
    const vain = world.settled(tab.rooms.open(read, { reducer: noting, timeoutMs: 1_000 }));
    await expect(vain).rejects.toThrow('nobody with the room');
  });
});
