import { beforeEach, describe, expect, it } from 'vitest';
import { quietVirtualTime } from '../../../../sim/quiet-virtual-time.testing.ts';
import { type RoomTab, RoomWorld } from '../../../../sim/room-world.testing.ts';
import { type Reducer, type Room, RoomLinkError } from '../index.ts';
import { encodeLatest } from '../latest-messages.ts';
import type { Envelope } from '../messages.ts';
import { noting } from '../room.testing.ts';
import type { Hearing } from './hearing.ts';

quietVirtualTime();

type Notes = Room<readonly string[], string>;
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );

let world: RoomWorld;
let tabs: RoomTab[];

async function meet(count: number): Promise<void> {
  world = new RoomWorld(1);
  tabs = Array.from({ length: count }, () => world.addTab());
  await world.meet();
}

const tab = (index: number): RoomTab => {
  const found = tabs[index];
  if (!found) throw new Error('no such tab');
  return found;
};

async function notes(count: number, limits = {}): Promise<Notes[]> {
  return world.room(tabs.slice(0, count), noting, [], limits);
}

describe('a room', () => {
  beforeEach(() => meet(4));

  it('has an update here at once, and everywhere soon, in the same state', async () => {
    const [first, second, third] = (await notes(3)) as [Notes, Notes, Notes];
    const written = first.update('a');
    expect(first.state).toEqual(['a']);
    await world.settled(written);
    await world.settled(third.update('b'));
    await world.runUntil(() => [first, second, third].every((room) => room.state.length === 2));
    expect(new Set([first, second, third].map((room) => room.stateHash)).size).toBe(1);
    expect(second.state).toEqual(['a', 'b']);
    // Each is known to have it.
    await world.runUntil(() => first.headsOf(tab(1).node.id)?.[0] === second.heads[0]);
    expect(first.headsOf(tab(3).node.id)).toBeUndefined();
  });

  it('is opened with its reducer and by a link, whatever a program hands over', async () => {
    const [first] = (await notes(1)) as [Notes];
    const { rooms } = tab(1);
    await expect(rooms.open(first.links.read, {} as never)).rejects.toThrow('keep(link)');
    await expect(rooms.open(undefined as never, { reducer: noting })).rejects.toBeInstanceOf(RoomLinkError);
  });

  it('is read and written by who passes, who comes on no list of members; a keeper does', async () => {
    const [first] = (await notes(1)) as [Notes];
    const passing = await world.settled(tab(1).rooms.keep(first.links.write ?? '', { isPassing: true }));
    await world.settled(passing.synced());
    await world.settled(passing.update('from a script'));
    const keeper = await world.settled(tab(2).rooms.keep(first.links.read));
    await world.runUntil(() => first.finality.type === 'final' && first.state.length === 1);
    expect(first.members.filter(({ isHere }) => isHere)).toHaveLength(3);
    passing.close();
    keeper.close();
    await world.runFor(10_000);
    expect(first.members.map(({ node }) => node)).toEqual([tab(0).node.id, tab(2).node.id]);
  });

  it('is one room for all who begin it with one secret, before they have met and after, and nobody makes its checkpoints unasked', async () => {
    const secret = new Uint8Array(32).fill(3);
    const begin = (index: number): Promise<Notes> =>
      world.settled(tab(index).rooms.create({ reducer: noting, initial: [], secret }));
    const [first, second] = [await begin(0), await begin(1)];
    await world.settled(first.update('a'));
    const third = await begin(2);
    await world.runUntil(() => [first, second, third].every((room) => room.state.length === 1));
    expect(new Set([first, second, third].map(({ id }) => id)).size).toBe(1);
    await world.runFor(30_000);
    expect(first.finality.type).toBe('none');
    third.administer();
    await world.settled(second.update('b'));
    await world.runUntil(() => first.finality.type === 'final');
    expect(first.finality).toMatchObject({ by: tab(2).node.id });
    expect(await codeOf(begin(0))).toBe('room-open');
    const short = tab(3).rooms.create({ reducer: noting, initial: [], secret: new Uint8Array(16) });
    await expect(short).rejects.toThrow('32 bytes');
  });

  it('settles an update when another Node has it, and not before', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    let isSettled = false;
    const written = first.update('a').then(() => {
      isSettled = second.state.length === 1;
    });
    await world.runFor(1);
    expect(second.state).toEqual([]);
    await world.settled(written);
    expect(isSettled).toBe(true);
  });

  it('settles an update at once while nobody else has the room', async () => {
    const [only] = (await notes(1)) as [Notes];
    expect(only.sync).toEqual({ type: 'alone' });
    expect(await only.update('a')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('settles what nobody had got when everybody else is gone', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    world.freeze(tab(1).id);
    const written = first.update('a');
    world.kill(tab(1).id);
    expect(await codeOf(world.settled(written))).toBe('done');
    expect(second.state).toEqual([]);
  });

  it('gives who comes later all that was before', async () => {
    const [first] = (await notes(1, { updatesPerSecond: 10_000, bytesPerSecond: 1e7 })) as [Notes];
    for (let i = 0; i < 1500; i++) void first.update(`${i}`);
    const late = await world.settled(tab(1).rooms.open(first.links.read, { reducer: noting }));
    await world.settled(late.synced());
    expect(late.state).toHaveLength(1500);
    expect(late.stateHash).toBe(first.stateHash);
    expect(late.sync).toEqual({ type: 'with', nodes: 1, of: 1 });
  });

  it('goes on without who made it', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    await world.settled(first.update('a'));
    first.close();
    world.kill(tab(0).id);
    await world.runUntil(() => second.sync.type === 'alone');
    const late = await world.settled(tab(2).rooms.open(second.links.write ?? '', { reducer: noting }));
    await world.settled(late.synced());
    expect(late.state).toEqual(['a']);
    await world.settled(late.update('b'));
    expect(second.state).toEqual(['a', 'b']);
  });

  it('is waited for until somebody has it, or until the time is over', async () => {
    const [first] = (await notes(1)) as [Notes];
    const { read } = first.links;
    first.close();
    const vain = tab(1).rooms.open(read, { reducer: noting, timeoutMs: 5_000 });
    expect(await codeOf(world.settled(vain))).toBe('room-unavailable');
    const patient = tab(1).rooms.open(read, { reducer: noting });
    await world.runFor(60_000);
    const controller = new AbortController();
    const other = tab(2).rooms.open(read, { reducer: noting, signal: controller.signal });
    controller.abort();
    expect(await codeOf(world.settled(other))).toBe('cancelled');
    tab(1).rooms.close();
    expect(await codeOf(world.settled(patient))).toBe('room-closed');
  });

  it('can be opened again by the same Node, and is then as the others have it', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    await world.settled(first.update('a'));
    second.close();
    await world.runUntil(() => first.sync.type === 'alone');
    await world.settled(first.update('b'));
    const again = await world.settled(tab(1).rooms.open(first.links.write ?? '', { reducer: noting }));
    await world.settled(again.synced());
    expect(again.state).toEqual(['a', 'b']);
  });

  it('takes what a Node writes after it has opened the room again, also before it knows what it wrote before', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    const refused: string[] = [];
    first.events.on('refused', ({ reason }) => refused.push(reason));
    for (const text of ['a', 'b', 'c']) await world.settled(second.update(text));
    second.close();
    await world.runUntil(() => first.sync.type === 'alone');
    const again = await world.settled(tab(1).rooms.open(first.links.write ?? '', { reducer: noting }));
    await world.settled(again.update('d'));
    await world.settled(again.synced());
    await world.settled(again.update('e'));
    await world.runFor(1_000);
    expect([first.state.length, first.state.at(-1), refused]).toEqual([5, 'e', []]);
    expect(again.state).toEqual(first.state);
  });

  it('is told from another by its reducer, which is said before anything changes', async () => {
    const [first] = (await notes(1)) as [Notes];
    const newer: Reducer<readonly string[], string> = { ...noting, name: 'noting/2' };
    const opened = world.settled(tab(1).rooms.open(first.links.write ?? '', { reducer: newer }));
    await expect(opened).rejects.toThrow('this room needs noting/1, and this device has noting/2: reload');
    expect(first.sync).toEqual({ type: 'alone' });
  });

  it('lets readers read only, and grants no more than it was given', async () => {
    const [first] = (await notes(1)) as [Notes];
    const reader = await world.settled(tab(1).rooms.open(first.links.read, { reducer: noting }));
    expect(await codeOf(reader.update('a'))).toBe('room-read-only');
    expect(reader.links).toEqual({ read: first.links.read, write: undefined, admin: undefined });
    const writer = await world.settled(tab(2).rooms.open(first.links.write ?? '', { reducer: noting }));
    expect(writer.links).toEqual({ ...first.links, admin: undefined });
    await world.settled(writer.update('a'));
    await world.runUntil(() => reader.state.length === 1);
  });

  it('tells an author what cannot be, and lets none of it leave', async () => {
    const [first, second] = (await notes(2, { maxBytes: 40 })) as [Notes, Notes];
    expect(await codeOf(first.update('x'.repeat(50)))).toBe('room-too-large');
    expect(await codeOf(first.update('x'.repeat(300_000)))).toBe('room-too-large');
    expect(await codeOf(first.update('\ud800'))).toBe('not-plain');
    await expect(first.update('!no')).rejects.toThrow('!no');
    expect(first.heads).toEqual([]);
    await world.settled(first.update('a'));
    expect(second.state).toEqual(['a']);
  });

  it('rejects what is pending when it closes, or its Node does', async () => {
    const [first, second, third] = (await notes(3)) as [Notes, Notes, Notes];
    const outcomes = [first.update('a'), first.synced()].map(codeOf);
    first.close();
    expect(await Promise.all(outcomes)).toEqual(['room-closed', 'room-closed']);
    expect(await codeOf(first.update('b'))).toBe('room-closed');
    const atNode = [second.update('c'), second.synced()].map(codeOf);
    tab(1).node.close();
    await world.runFor(10);
    expect(await Promise.all(atNode)).toEqual(['room-closed', 'room-closed']);
    expect(second.isClosed).toBe(true);
    await world.runUntil(() => third.sync.type === 'alone');
  });

  it('ends a wait by its signal, and keeps the update', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    const controller = new AbortController();
    const outcome = codeOf(first.update('a', { signal: controller.signal }));
    controller.abort();
    expect(await outcome).toBe('cancelled');
    await world.runUntil(() => second.state.length === 1);
    expect(await codeOf(first.synced({ signal: controller.signal }))).toBe('cancelled');
  });

  it('tells a subscriber of what it selects, when that is another', async () => {
    const [first] = (await notes(1)) as [Notes];
    const seen: unknown[] = [];
    const off = first.subscribe(
      (state) => state.length > 1,
      (isMany) => seen.push(isMany),
    );
    for (const text of ['a', 'b', 'c']) void first.update(text);
    expect(seen).toEqual([true]);
    off();
    expect(first.getSnapshot()).toBe(first.state);
  });

  it('shows the state as it was after any update', async () => {
    const [first] = (await notes(1)) as [Notes];
    const hashes = await Promise.all(['a', 'b', 'c'].map((text) => first.update(text)));
    expect(hashes.map((hash) => first.at(hash))).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']]);
  });

  it('says whether all are together', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    const said: string[] = [];
    first.events.on('sync', (sync) =>
      said.push(sync.type === 'with' ? `${sync.nodes}/${sync.of}` : sync.type),
    );
    await world.settled(first.update('a'));
    await world.runFor(2_000);
    expect(said).toEqual(['0/1', '1/1']);
    second.close();
    await world.runFor(2_000);
    expect(said.at(-1)).toBe('alone');
  });

  it('waits for nobody whose room has stopped', async () => {
    const [first] = (await notes(1)) as [Notes];
    let calls = 0;
    const dice: Reducer<readonly string[], string> = { name: noting.name, reduce: () => [`${++calls}`] };
    const other = await world.settled(tab(1).rooms.open(first.links.write ?? '', { reducer: dice }));
    await world.settled(first.update('a'));
    await world.runUntil(() => other.sync.type === 'stopped');
    expect(await codeOf(world.settled(first.update('b')))).toBe('done');
    const late = await world.settled(tab(2).rooms.open(first.links.read, { reducer: noting }));
    await world.settled(late.synced());
    expect([late.state, first.members.length, late.members.length]).toEqual([['a', 'b'], 2, 2]);
  });

  it('lets an author that writes much wait for its turn, holds nobody back for it, and loses nothing', async () => {
    const [first, second] = (await notes(2, { updatesPerSecond: 5 })) as [Notes, Notes];
    const shown: unknown[] = [];
    first.events.on('heldBack', (one) => shown.push(one));
    second.events.on('heldBack', (one) => shown.push(one));
    const messages = Array.from({ length: 60 }, (_, i) => first.update(`${i}`));
    await world.runFor(1_000);
    expect([first.state.length, shown]).toEqual([9, []]);
    await world.settled(Promise.all(messages));
    expect(second.state).toHaveLength(60);
  });

  it('shows who is here and what they show, and of who is gone nothing', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    const reader = await world.settled(tab(2).rooms.open(first.links.read, { reducer: noting }));
    reader.presence.set({ name: 'reads' });
    second.presence.set({ name: 'writes' });
    const shown = () => first.others.map(({ presence }) => presence).filter((one) => one !== undefined);
    await world.runUntil(() => shown().length === 2);
    expect(reader.presence.value).toEqual({ name: 'reads' });
    const before = first.others;
    await world.runFor(10_000);
    expect(first.others).toBe(before);
    world.kill(tab(1).id);
    await world.runUntil(() => first.others.length === 1, 3_000);
    expect(shown()).toEqual([{ name: 'reads' }]);
    const late = await world.settled(tab(3).rooms.open(first.links.read, { reducer: noting }));
    await world.runUntil(() => late.others.some(({ presence }) => presence !== undefined));
    reader.close();
    expect(() => reader.presence.set(1)).toThrow('closed');
    await world.runUntil(() => first.others.every(({ node }) => node !== tab(2).id));
  });

  it('has channels of which the newest arrives, for writers, and words for whoever is here', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    const reader = await world.settled(tab(2).rooms.open(first.links.read, { reducer: noting }));
    const seen: unknown[] = [];
    second.latest('cursors').subscribe(({ node, value }) => seen.push([node === tab(0).id, value]));
    for (let i = 0; i < 100; i++) first.latest('cursors').set('mouse', i);
    await world.runFor(1_000);
    expect(seen).toEqual([
      [true, 0],
      [true, 99],
    ]);
    const value = { node: tab(0).id, key: 'mouse', value: 99 };
    expect([first, reader].map((room) => room.latest('cursors').values())).toEqual([[value], [value]]);
    expect(second.latest('other').values()).toEqual([]);
    expect(second.latest('cursors').get(tab(0).id, 'mouse')).toBe(99);
    const heard: unknown[] = [];
    reader.events.on('broadcast', (one) => heard.push(one));
    second.broadcast({ wave: true });
    await world.runUntil(() => heard.length === 1);
    expect(heard).toEqual([{ from: tab(1).id, event: { wave: true } }]);
    expect(() => reader.broadcast('no')).toThrow('lets you read');
    expect(() => reader.latest('cursors').set('mouse', 1)).toThrow('lets you read');
    expect(() => first.latest('')).toThrow(RangeError);
    expect(() => first.latest('cursors').set('', 1)).toThrow(RangeError);
  });

  it('believes nobody that shows as a writer what it may not', async () => {
    const [first] = (await notes(1)) as [Notes];
    const reader = await world.settled(tab(1).rooms.open(first.links.read, { reducer: noting }));
    const refused: string[] = [];
    first.events.on('refused', ({ reason }) => refused.push(reason));
    await world.runFor(100);
    // As a page would that has been tampered with: the certificate of another.
    const stolen = { key: new Uint8Array(32).fill(1), certificate: new Uint8Array(64).fill(2) };
    const entries = [{ channel: 'cursors', key: 'mouse', number: 1, value: 1 }];
    const { envelope } = reader as unknown as { envelope: Envelope };
    const body = encodeLatest({ session: 1, credentials: stolen, entries, words: [] });
    const { hearing } = first as unknown as { hearing: Hearing };
    hearing.received(tab(1).id, 'latest', envelope.close('latest', body));
    expect([first.latest('cursors').values(), refused]).toEqual([[], ['it says what only writers may say']]);
  });

  it('cannot be opened twice at once', async () => {
    const [first] = (await notes(1)) as [Notes];
    expect(await codeOf(tab(0).rooms.open(first.links.read, { reducer: noting }))).toBe('room-open');
    expect(await codeOf(tab(0).rooms.open('room=AAAA', { reducer: noting }))).toBe('bad-room-link');
  });

  it('has nothing to do with another of the same Nodes', async () => {
    const [first, second] = (await notes(2)) as [Notes, Notes];
    const [one, two] = (await notes(2)) as [Notes, Notes];
    await world.settled(Promise.all([first.update('a'), two.update('b')]));
    await world.runFor(1_000);
    expect([first.state, second.state, one.state, two.state]).toEqual([['a'], ['a'], ['b'], ['b']]);
  });
});
