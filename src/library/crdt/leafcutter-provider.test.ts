import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { Doc, encodeStateAsUpdate, Map as YMap } from 'yjs';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { type RoomTab, RoomWorld } from '../../../sim/room-world.testing.ts';
import { LeafcutterProvider, type YjsRoom, yjsInitial, yjsReducer } from '../index.yjs.ts';

quietVirtualTime();

let world: RoomWorld;
let tabs: RoomTab[];
let rooms: YjsRoom[];
let providers: LeafcutterProvider[];

async function begin(count = 2, seed = 1): Promise<void> {
  world = new RoomWorld(seed);
  tabs = Array.from({ length: count }, () => world.addTab());
  await world.meet();
  rooms = (await world.room(tabs, yjsReducer, yjsInitial())) as YjsRoom[];
  providers = rooms.map((room) => new LeafcutterProvider(room, new Doc()));
  for (const { doc } of providers) {
    doc.getText('t');
    doc.getMap('m');
    doc.getArray('a');
  }
}

const texts = (): string[] => providers.map(({ doc }) => doc.getText('t').toString());
const isSame = (): boolean => new Set(providers.map(({ doc }) => JSON.stringify(doc.toJSON()))).size === 1;

describe('a Yjs document in a room', () => {
  beforeEach(() => begin());

  it('has what each writes, once, and says when it is in sync', async () => {
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    await world.runUntil(() => own.synced && theirs.synced);
    own.doc.getText('t').insert(0, 'hello');
    await world.settled(own.flush());
    theirs.doc.getText('t').insert(5, ' world');
    await world.runUntil(() => texts().every((text) => text === 'hello world'));
    expect([own.status, theirs.status]).toEqual(['connected', 'connected']);
    own.destroy();
    theirs.doc.getText('t').insert(0, '> ');
    await world.runFor(2_000);
    expect(texts()).toEqual(['hello world', '> hello world']);
    const again = new LeafcutterProvider(own.room, own.doc);
    expect(again.doc.getText('t').toString()).toBe('> hello world');
  });

  it('takes what is larger than an update may be, in parts', async () => {
    const large = 'x'.repeat(700_000);
    providers[0]?.doc.getText('t').insert(0, large);
    await world.runUntil(() => texts().every((text) => text.length === large.length), 60_000);
    expect(rooms[0]?.state.begun).toEqual({});
  });

  it('leaves nothing in the room of what is too large for it, and takes the next', async () => {
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    const refused: Error[] = [];
    own.events.on('refused', ({ error }) => refused.push(error));
    own.doc.getText('t').insert(0, 'x'.repeat(5_000_000));
    await world.settled(own.flush());
    expect(refused).toEqual([expect.objectContaining({ code: 'room-too-large' })]);
    expect(own.room.state.begun).toEqual({});
    // Of one that was broken off nothing goes into the next, nor does it stay.
    const [room] = rooms as [YjsRoom];
    await world.settled(room.update({ part: Uint8Array.of(255), isFirst: true, isLast: false }));
    theirs.doc.getText('t').insert(0, 'y'.repeat(600_000));
    await world.settled(theirs.flush());
    const fresh = new LeafcutterProvider(room, new Doc());
    fresh.doc.getText('m2').insert(0, 'z'.repeat(600_000));
    await world.settled(fresh.flush());
    await world.runUntil(() => theirs.doc.getText('m2').length === 600_000);
    expect(room.state.begun).toEqual({});
    await world.settled(room.update({ part: Uint8Array.of(255), isFirst: true, isLast: false }));
    await world.settled(room.update({ part: new Uint8Array(), isFirst: true, isLast: false }));
    expect(room.state.begun).toEqual({});
  });

  it('says what others, at the same time, left no place for, though it had gone into the room', async () => {
    rooms = (await world.room(tabs, yjsReducer, yjsInitial(), { maxBytes: 3_000 })) as YjsRoom[];
    providers = rooms.map((room) => new LeafcutterProvider(room, new Doc()));
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    const refused: [LeafcutterProvider, unknown][] = [];
    for (const one of [own, theirs])
      one.events.on('refused', ({ error }) => refused.push([one, (error as Error & { code: string }).code]));
    world.network.partition((id) => (id === tabs[0]?.id ? 0 : 1));
    await world.runUntil(() => rooms.every(({ sync }) => sync.type === 'alone'));
    own.doc.getText('t').insert(0, 'a'.repeat(2_000));
    theirs.doc.getText('t').insert(0, 'b'.repeat(2_000));
    await world.settled(Promise.all([own.flush(), theirs.flush()]));
    world.network.heal();
    await world.runUntil(() => refused.length > 1, 60_000);
    const [late] = refused.map(([one]) => one);
    expect(refused).toEqual([
      [late, 'room-overtaken'],
      [late, 'room-too-large'],
    ]);
    const early = late === own ? theirs : own;
    expect([late, early].map((one) => one?.doc.getText('t').length)).toEqual([4_000, 2_000]);
  });

  it('shows who is there for as long as its Node is, and no longer', async () => {
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    theirs.awareness.setLocalState({ name: 'ann' });
    const seen = (): unknown => own.awareness.getStates().get(theirs.doc.clientID);
    await world.runUntil(() => seen() !== undefined);
    expect(seen()).toEqual({ name: 'ann' });
    if (tabs[1]) world.endTab(tabs[1]);
    await world.runUntil(() => seen() === undefined, 10_000);
  });

  it('shows of each what its own Node says, and nothing that another says of it', async () => {
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    const tab = world.addTab();
    await world.meet();
    const room = await world.settled(tab.rooms.open(rooms[0]?.links.write ?? '', { reducer: yjsReducer }));
    theirs.awareness.setLocalState({ name: 'ann' });
    const seen = (): unknown => own.awareness.getStates().get(theirs.doc.clientID);
    await world.runUntil(() => seen() !== undefined && room.others.length === 2);
    // As if it were hers, and under a name of its own with hers beside it.
    const forged = new Awareness(new Doc());
    forged.setLocalState({ name: 'mallory' });
    const self = forged.clientID;
    forged.states.set(theirs.doc.clientID, { name: 'not ann' });
    forged.meta.set(theirs.doc.clientID, { clock: 1_000, lastUpdated: 0 });
    const channel = room.latest('yjs-awareness');
    channel.set(`${theirs.doc.clientID}`, encodeAwarenessUpdate(forged, [theirs.doc.clientID]));
    channel.set(`${self}`, encodeAwarenessUpdate(forged, [self, theirs.doc.clientID]));
    await world.runFor(1_000);
    channel.set(`${theirs.doc.clientID}`, undefined);
    await world.runFor(1_000);
    expect(seen()).toEqual({ name: 'ann' });
    expect(own.awareness.getStates().get(self)).toBeUndefined();
    channel.set(`${self}`, encodeAwarenessUpdate(forged, [self]));
    await world.runUntil(() => own.awareness.getStates().get(self) !== undefined);
    forged.destroy();
  });

  it('shows who was out of reach for a while again, as it is, though it has said nothing new', async () => {
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    theirs.awareness.setLocalState({ name: 'ann' });
    const seen = (): unknown => own.awareness.getStates().get(theirs.doc.clientID);
    await world.runUntil(() => seen() !== undefined);
    world.network.partition((id) => (id === tabs[0]?.id ? 0 : 1));
    await world.runUntil(() => seen() === undefined);
    world.network.heal();
    await world.runUntil(() => own.room.others.length === 1, 60_000);
    await world.runFor(1_000);
    expect(seen()).toEqual({ name: 'ann' });
    // Nor by a document that is tied to the room anew, and shows nobody between.
    own.destroy();
    expect(own.awareness.getStates().size).toBe(0);
    const again = new LeafcutterProvider(own.room, own.doc, { awareness: own.awareness });
    expect([...again.awareness.getStates().values()]).toEqual([{ name: 'ann' }]);
  });

  it('brings what the document had before into the room, and what follows on it', async () => {
    const [room, other] = rooms as [YjsRoom, YjsRoom];
    const doc = new Doc();
    doc.getText('t').insert(0, 'offline');
    const provider = new LeafcutterProvider(room, doc);
    await world.settled(provider.flush());
    doc.getText('t').insert(7, ', online');
    await world.settled(provider.flush());
    await world.runUntil(() => texts()[1] === 'offline, online');
    // Deleted while nothing tied it to the room; the same again brings nothing.
    provider.destroy();
    doc.getText('t').delete(0, 9);
    const again = new LeafcutterProvider(room, doc);
    await world.settled(again.flush());
    await world.runUntil(() => texts()[1] === 'online');
    again.destroy();
    const before = other.updates().length;
    await world.settled(new LeafcutterProvider(room, doc).flush());
    await world.runFor(2_000);
    expect(other.updates()).toHaveLength(before);
  });

  it('shows what is changed after something was refused, and that too once it fits', async () => {
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    const refused: Error[] = [];
    own.events.on('refused', ({ error }) => refused.push(error));
    const text = own.doc.getText('t');
    text.insert(0, 'x'.repeat(5_000_000));
    await world.settled(own.flush());
    text.insert(0, 'still ');
    await world.settled(own.flush());
    expect(refused).toHaveLength(2);
    text.delete(6, 5_000_000);
    await world.settled(own.flush());
    await world.runUntil(() => theirs.doc.getText('t').toString() === 'still ');
    expect(refused).toHaveLength(2);
  });

  it.each([
    ['its room is closed', (room: YjsRoom): unknown => room.close()],
    [
      'its device is taken out',
      (room: YjsRoom): unknown => rooms[0]?.boot(room.members.find(({ isSelf }) => isSelf) ?? ({} as never)),
    ],
  ])('is disconnected, says so and shows nobody any more when %s', async (_, end) => {
    const [own, theirs] = providers as [LeafcutterProvider, LeafcutterProvider];
    own.awareness.setLocalState({ name: 'ann' });
    theirs.awareness.setLocalState({ name: 'bob' });
    await world.runUntil(
      () => theirs.awareness.getStates().size === 2 && own.awareness.getStates().size === 2,
    );
    await world.runUntil(() => rooms[0]?.members.every(({ device }) => device !== undefined) ?? false);
    const told: string[] = [];
    theirs.events.on('status', ({ status }) => told.push(status));
    void end(theirs.room);
    await world.runUntil(() => theirs.status === 'disconnected' && own.awareness.getStates().size === 1);
    expect(told).toEqual(['disconnected']);
    expect([...theirs.awareness.getStates().values()]).toEqual([{ name: 'bob' }]);
    expect(theirs.room.others).toEqual([]);
  });

  it('refuses what a reader changes, and says so', async () => {
    const tab = world.addTab();
    await world.meet();
    const link = rooms[0]?.links.read ?? '';
    const room = await world.settled(tab.rooms.open(link, { reducer: yjsReducer }));
    const awareness = new Awareness(new Doc());
    const reader = new LeafcutterProvider(room, awareness.doc, { awareness });
    const refused: string[] = [];
    reader.events.on('refused', ({ error }) => refused.push((error as Error & { code: string }).code));
    reader.doc.getText('t').insert(0, 'mine');
    await world.settled(reader.flush());
    expect(refused).toContain('room-read-only');
    expect(texts()).toEqual(['', '']);
  });

  it('keeps no process alive that has nothing else to do', () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
    const before = timers();
    const provider = new LeafcutterProvider(rooms[0] as YjsRoom, new Doc());
    expect(timers()).toBe(before);
    provider.destroy();
  });

  it('lets go of what was deleted, and stays small', async () => {
    const [own] = providers;
    for (let i = 0; i < 60; i++) {
      own?.doc.getText('t').insert(0, 'y'.repeat(2_000));
      own?.doc.getText('t').delete(0, 2_000);
      if (own) await world.settled(own.flush());
    }
    const { whole, tail } = rooms[0]?.state ?? { whole: new Uint8Array(), tail: [] };
    const bytes = tail.reduce((sum, one) => sum + one.length, whole.length);
    expect(bytes).toBeLessThan(25_000);
    await world.runUntil(isSame);
    expect(rooms[0]?.stateHash).toBe(rooms[1]?.stateHash);
  });

  it('is not made of what is no Yjs update', async () => {
    for (const bad of [Uint8Array.of(255, 255, 255), { part: 7 }, 'text', null]) {
      await expect(world.settled((rooms[0] as YjsRoom).update(bad as never))).rejects.toThrow(
        'no Yjs update',
      );
    }
  });
});

it('Yjs documents that are changed in any way on both sides are equal in the end', {
  timeout: 120_000,
}, async () => {
  const act = fc.record({
    who: fc.nat(1),
    what: fc.constantFrom('insert', 'delete', 'map', 'list', 'nest', 'wait'),
    at: fc.nat(20),
    text: fc.string({ maxLength: 8, unit: 'grapheme' }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), fc.nat(1_000), async (acts, seed) => {
      await begin(2, seed);
      for (const { who, what, at, text } of acts) {
        const doc = providers[who]?.doc as Doc;
        const shared = doc.getText('t');
        if (what === 'insert') shared.insert(Math.min(at, shared.length), text);
        if (what === 'delete' && shared.length > 0) shared.delete(Math.min(at, shared.length - 1), 1);
        if (what === 'map') doc.getMap('m').set(`${at % 4}`, text);
        if (what === 'list') doc.getArray('a').insert(Math.min(at, doc.getArray('a').length), [text]);
        if (what === 'nest') doc.getMap('m').set('nested', new YMap([[text, at]]));
        if (what === 'wait') await world.runFor(at * 20);
      }
      for (const provider of providers) await world.settled(provider.flush());
      await world.runUntil(isSame);
      const [first, second] = providers.map(({ doc }) => encodeStateAsUpdate(doc));
      expect(first).toEqual(second);
      await world.runUntil(() => rooms[0]?.stateHash === rooms[1]?.stateHash);
    }),
    { numRuns: 25 },
  );
});
