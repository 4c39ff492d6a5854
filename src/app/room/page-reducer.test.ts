import { describe, expect, it } from 'vitest';
import { encodePlain } from '../../services/rooms/canonical.ts';
import { type AuthorId, MAX_ROOM_BYTES, type UpdateHash } from '../../services/rooms/index.ts';
import { EMPTY_PAGE_ROOM, MAX_LINES, type PageRoomState, pageReducer } from './page-reducer.ts';
import type { PinPlace } from './pin-place.ts';

const ada = 'aa' as AuthorId;
const bob = 'bb' as AuthorId;
let count = 0;

function reduce(state: PageRoomState, update: unknown, author = ada): PageRoomState {
  count += 1;
  const meta = { hash: `h${count}` as UpdateHash, author, claimedAtMs: count };
  return pageReducer.reduce(state, update as never, meta);
}

const roomAfter = (...updates: readonly unknown[]): PageRoomState =>
  updates.reduce<PageRoomState>((state, update) => reduce(state, update), EMPTY_PAGE_ROOM);

const place: PinPlace = { kind: 'picture', job: 'j', title: 'a duck', x: 0.5, y: 0.25 };

describe('the room of a page', () => {
  it('keeps what is said with its name, and what it leads to', () => {
    const link = { kind: 'render', job: 'j', title: 'a duck' };
    const { lines } = roomAfter({ say: 'hello', link: null, name: 'Ada' }, { say: 'see', link, name: 'Ada' });
    expect(lines.map(({ text, name, author }) => [text, name, author])).toEqual([
      ['hello', 'Ada', ada],
      ['see', 'Ada', ada],
    ]);
    expect(lines[1]?.link).toEqual(link);
  });

  it('lets the oldest lines go where there are too many, or too long ones', () => {
    let state = EMPTY_PAGE_ROOM;
    for (let i = 0; i < MAX_LINES + 3; i++) state = reduce(state, { say: `${i}`, link: null, name: 'Ada' });
    expect(state.lines).toHaveLength(MAX_LINES);
    expect(state.lines[0]?.text).toBe('3');
    for (let i = 0; i < 300; i++) state = reduce(state, { say: 'x'.repeat(2_000), link: null, name: 'Ada' });
    expect(state.lines.length).toBeLessThan(301);
  });

  it('has pins with threads, which anybody may resolve and open again', () => {
    let state = reduce(EMPTY_PAGE_ROOM, { pin: place, text: 'too dark', name: 'Ada' });
    const id = state.pins[0]?.id;
    state = reduce(state, { reply: id, text: 'is it?', name: 'Bob' }, bob);
    state = reduce(state, { resolve: id, isResolved: true, name: 'Bob' }, bob);
    expect(state.pins[0]?.thread.map(({ text }) => text)).toEqual(['too dark', 'is it?']);
    expect(state.pins[0]?.resolvedBy).toBe('Bob');
    state = reduce(state, { resolve: id, isResolved: false, name: 'Ada' });
    expect(state.pins[0]?.resolvedBy).toBeNull();
  });

  it('lets anybody remove pins that are resolved, one that was opened again meanwhile excepted, and gives no number twice', () => {
    const [one, two, three] = ['a', 'b', 'c'].map((text) => ({ pin: place, text, name: 'Ada' }));
    let state = roomAfter(one, two, three);
    const ids = state.pins.map(({ id }) => id);
    expect(() => reduce(state, { remove: ids })).toThrow('not resolved');
    for (const resolve of ids.slice(0, 2)) state = reduce(state, { resolve, isResolved: true, name: 'Ada' });
    state = reduce(state, { resolve: ids[0], isResolved: false, name: 'Bob' }, bob);
    const left = reduce(state, { remove: ids }, bob);
    expect(left.pins.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect(left.pins.map(({ number }) => number)).toEqual([1, 3]);
    const emptied = reduce(reduce(left, { resolve: ids[2], isResolved: true, name: 'Ada' }), {
      remove: ids,
    });
    expect(reduce(emptied, three).pins.map(({ number }) => number)).toEqual([1, 4]);
    expect(() => reduce(state, { remove: ids[0] })).toThrow();
  });

  it('cannot be filled: pins that take all their place say what to do, and all else goes on', () => {
    const wide = (count: number): string => '語'.repeat(count);
    const hashOf = (i: number): string => `${i}`.padStart(64, '0');
    const authorOf = (i: number): AuthorId => hashOf(i) as AuthorId;
    let made = 0;
    const put = (state: PageRoomState, update: unknown, author = authorOf(0)): PageRoomState =>
      pageReducer.reduce(state, update as never, {
        ...{ hash: hashOf(++made) as UpdateHash, author, claimedAtMs: 1e12 },
      });
    const name = wide(80);
    const camera = {
      ...{ name: wide(300), position: [1.1, 2.2, 3.3], right: [1.1, 2.2, 3.3], up: [1.1, 2.2, 3.3] },
      ...{ back: [1.1, 2.2, 3.3], projection: { kind: 'perspective', yfov: 1.1 } },
    };
    const moment = { kind: 'moment', scene: wide(300), camera };
    const fields = Array.from({ length: 40 }, (_, i) => [`${wide(38)}${10 + i}`, wide(100)]);
    let state = EMPTY_PAGE_ROOM;
    let refusal = '';
    /** As many as are taken. */
    const fill = (update: (i: number) => unknown, most: number): void => {
      try {
        for (let i = 0; i < most; i++) state = put(state, update(i), authorOf(i));
      } catch (error) {
        refusal = (error as Error).message;
      }
    };
    fill(() => ({ pin: { kind: 'scene', point: [1.1, 2.2, 3.3], seen: moment }, text: 'x', name }), 150);
    fill((i) => ({ reply: state.pins[Math.floor(i / 99)]?.id, text: wide(2_000), name }), 30_000);
    expect(refusal).toMatch(/no place for more: resolve what is done with, and remove what is resolved/);
    fill(() => ({ say: wide(2_000), link: moment, name }), 600);
    fill(() => ({ look: wide(80), toneMapping: wide(80), exposure: 1.1, name }), 40);
    fill(() => ({ vote: state.looks[0]?.id }), 1_000);
    const share = { kind: 'settings', settings: Object.fromEntries(fields) };
    fill(() => ({ share, name }), 60);
    expect(encodePlain(state).length).toBeGreaterThan(3_000_000);
    expect(encodePlain(state).length).toBeLessThan(MAX_ROOM_BYTES);
    const [first] = state.pins;
    state = put(state, { resolve: first?.id, isResolved: true, name });
    state = put(state, { remove: [first?.id] });
    expect(put(state, { pin: place, text: 'too dark', name }).pins.at(-1)?.thread).toHaveLength(1);
  });

  it('lets the oldest look go that nobody votes for, where there are too many', () => {
    const look = (i: number) => ({ look: `look ${i}`, toneMapping: 'agx', exposure: 1, name: 'Ada' });
    let state = roomAfter(...Array.from({ length: 30 }, (_, i) => look(i)));
    state = reduce(state, { vote: state.looks[0]?.id });
    state = reduce(state, look(30));
    expect([state.looks.length, state.looks[0]?.title, state.looks[1]?.title]).toEqual([
      30,
      'look 0',
      'look 2',
    ]);
  });

  it('gives each author one vote, which can be moved and taken back', () => {
    let state = EMPTY_PAGE_ROOM;
    for (const look of ['day', 'dusk'])
      state = reduce(state, { look, toneMapping: 'agx', exposure: 1, name: 'Ada' });
    const [day, dusk] = state.looks.map(({ id }) => id);
    state = reduce(state, { vote: day });
    state = reduce(state, { vote: dusk });
    state = reduce(state, { vote: dusk }, bob);
    expect(state.votes).toEqual({ [ada]: dusk, [bob]: dusk });
    expect(reduce(state, { vote: null }).votes).toEqual({ [bob]: dusk });
  });

  it('keeps what holds for all apart from who changed what', () => {
    const share = (exposure: number) => ({
      share: { kind: 'look', toneMapping: 'agx', exposure, isAutomatic: false },
      name: 'Ada',
    });
    const settings = { share: { kind: 'settings', settings: { samples: '8' } }, name: 'Ada' };
    const state = roomAfter(settings, ...Array.from({ length: 60 }, (_, i) => share(i)));
    expect(state.changes).toHaveLength(50);
    expect(Object.keys(state.shared).sort()).toEqual(['look', 'settings']);
    expect(state.shared['look']?.shared).toMatchObject({ exposure: 59 });
  });

  it.each([
    ['no update', 'hello'],
    ['nothing that it knows', { dance: true, name: 'Ada' }],
    ['a line without words', { say: '  ', link: null, name: 'Ada' }],
    ['a line without a name', { say: 'hello', link: null }],
    ['a line of a book', { say: 'x'.repeat(2_001), link: null, name: 'Ada' }],
    ['a moment without a camera', { say: 'x', link: { kind: 'moment', scene: 'box' }, name: 'Ada' }],
    ['a pin beside the picture', { pin: { ...place, x: 1.5 }, text: 'x', name: 'Ada' }],
    ['an answer to no pin', { reply: 'h0', text: 'x', name: 'Ada' }],
    ['a vote for no look', { vote: 'h0' }],
    ['a look that is no number', { look: 'x', toneMapping: 'agx', exposure: 'high', name: 'Ada' }],
    ['settings of another kind', { share: { kind: 'settings', settings: { a: [1] } }, name: 'Ada' }],
  ])('refuses %s', (_, update) => {
    expect(() => reduce(EMPTY_PAGE_ROOM, update)).toThrow();
  });
});
