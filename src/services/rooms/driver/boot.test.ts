import { beforeEach, describe, expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { Device, type RoomTab, RoomWorld } from '../../../../sim/room-world.testing.ts';
import { setLogSink } from '../../../runtime/index.ts';
import type { Member, Room } from '../index.ts';
import { RoomLinkOutdatedError, RoomMemberError, RoomNotAdminError, RoomRemovedError } from '../index.ts';
import { noting } from '../room.testing.ts';

quietVirtualTime();

type Notes = Room<readonly string[], string>;
let world: RoomWorld;

const newTab = async (device?: Device): Promise<RoomTab> => {
  const tab = world.addTab(0, device);
  await world.meet();
  return tab;
};
const open = ({ rooms }: RoomTab, link: string | undefined): Promise<Notes> =>
  world.settled(rooms.open(link ?? '', { reducer: noting }));
const memberOf = (room: Notes, { id }: RoomTab): Member => {
  const member = room.members.find(({ node }) => node === id);
  if (!member) throw new Error('it is not there');
  return member;
};

describe('who is taken out of a room', () => {
  beforeEach(() => {
    setLogSink(() => {});
    world = new RoomWorld(1);
  });

  it('is told so, keeps what it had, reads nothing of what follows, and writes nothing into it', async () => {
    const [ann, bob, eve] = [await newTab(), await newTab(), await newTab()];
    const [own, theirs, gone] = (await world.room([ann, bob, eve], noting, [])) as [Notes, Notes, Notes];
    await world.settled(own.update('before'));
    await world.runUntil(() => gone.state.length === 1 && memberOf(own, eve).device !== undefined);
    const told: unknown[] = [];
    gone.events.on('removed', (one) => told.push(one));
    const link = own.links.write;
    await world.settled(own.boot(memberOf(own, eve)));
    await world.settled(theirs.update('after'));
    await world.runUntil(() => own.state.length === 2 && gone.sync.type === 'removed');
    expect(told).toEqual([
      { by: ann.id, reason: expect.stringContaining('what it had it keeps') as unknown as string },
    ]);
    await expect(world.settled(gone.update('late'))).rejects.toBeInstanceOf(RoomRemovedError);
    await world.runFor(5_000);
    expect([own.state, theirs.state, gone.state]).toEqual([
      ['before', 'after'],
      ['before', 'after'],
      ['before'],
    ]);
    expect(own.members.map(({ node }) => node)).not.toContain(eve.id);
    // Nobody says anything to it any more: it does not show them as if they were there.
    expect([gone.others, gone.members.filter(({ isHere }) => isHere).length]).toEqual([[], 1]);
    expect(own.links.write).not.toBe(link);
    expect(own.stateHash).toBe(theirs.stateHash);

    const late = await newTab();
    await expect(open(late, link)).rejects.toBeInstanceOf(RoomLinkOutdatedError);
    const invited = await open(late, theirs.links.write);
    await world.settled(invited.synced());
    await world.settled(invited.update('new'));
    await world.runUntil(() => own.state.length === 3);
    expect(invited.state).toEqual(['before', 'after', 'new']);
    invited.presence.set('here');
    await world.runUntil(() => own.others.some(({ presence }) => presence === 'here'));
  });

  it('hears of everything that it was writing whether it is in, and everyone else has the same', async () => {
    const [ann, bob, eve] = [await newTab(), await newTab(), await newTab()];
    const [own, theirs, gone] = (await world.room([ann, bob, eve], noting, [])) as [Notes, Notes, Notes];
    await world.runUntil(() => memberOf(own, eve).device !== undefined);
    const written = Array.from({ length: 200 }, (_, i) =>
      gone.update(`${i}`).then(
        () => `${i}`,
        (error: unknown) => error,
      ),
    );
    await world.runFor(30);
    await world.settled(own.boot(memberOf(own, eve)));
    const came = await world.settled(Promise.all(written));
    await world.runUntil(() => gone.sync.type === 'removed');
    await world.runFor(5_000);
    const refused = came.filter((one) => typeof one !== 'string');
    for (const one of refused) expect(one).toBeInstanceOf(RoomRemovedError);
    expect(own.state).toEqual(theirs.state);
    expect(own.stateHash).toBe(theirs.stateHash);
    expect(own.state).toEqual(expect.arrayContaining(came.filter((one) => typeof one === 'string')));
  });

  it('lets nobody in by its old link, whoever of them is asked first', async () => {
    for (let seed = 0; seed < 12; seed++) {
      world = new RoomWorld(seed);
      const tabs = [await newTab(), await newTab(), await newTab()] as const;
      const [own, , gone] = (await world.room(tabs, noting, [])) as [Notes, Notes, Notes];
      await world.settled(gone.update('here'));
      await world.runUntil(() => own.members.every(({ device }) => device !== undefined));
      const link = own.links.write;
      await world.settled(own.boot(memberOf(own, tabs[2])));
      await world.runUntil(() => gone.sync.type === 'removed');
      const late = world.addTab();
      await expect(open(late, link), `seed ${seed}`).rejects.toBeInstanceOf(RoomLinkOutdatedError);
    }
  });

  it('is somebody else, by an administrator', async () => {
    const [ann, bob] = [await newTab(), await newTab()];
    const [own, theirs] = (await world.room([ann, bob], noting, [])) as [Notes, Notes];
    await expect(world.settled(theirs.boot(memberOf(theirs, ann)))).rejects.toBeInstanceOf(RoomNotAdminError);
    await expect(world.settled(own.boot(memberOf(own, ann)))).rejects.toBeInstanceOf(RoomMemberError);
    const nobody = { node: ann.id, device: 'ab'.repeat(32) as never };
    await expect(world.settled(own.boot(nobody))).rejects.toBeInstanceOf(RoomMemberError);
  });

  it('is nobody who was away: a device that keeps the room has the new keys when it comes back, and its own link still opens it', async () => {
    const laptop = new Device();
    const [ann, bob] = [await newTab(), await newTab()];
    const [own] = (await world.room([ann, bob], noting, [])) as [Notes, Notes];
    const link = own.links.write;
    const first = await newTab(laptop);
    const there = await open(first, link);
    await world.runUntil(() => there.disk.type === 'kept' && own.finality.type === 'final');
    await world.runUntil(() => own.members.every(({ device }) => device !== undefined));
    world.endTab(first);
    await world.runUntil(() => own.members.some(({ isHere }) => !isHere));
    await world.settled(own.boot(memberOf(own, bob)));
    await world.settled(own.update('meanwhile'));

    const second = await newTab(laptop);
    const back = await open(second, link);
    await world.runUntil(() => back.state.length === 1);
    await world.settled(back.update('back'));
    await world.runUntil(() => own.state.length === 2 && back.disk.type === 'kept');
    expect(back.links.write).toBe(own.links.write);
    world.endTab(second);
    world.endTab(ann);
    await world.runFor(5_000);
    // Alone, with its own old link: the keys lie on its disk.
    const alone = await open(await newTab(laptop), link);
    expect([alone.state, alone.sync.type]).toEqual([['meanwhile', 'back'], 'alone']);
    expect(alone.links.write).toBe(own.links.write);
  });
});
