import { describe, expect, it } from 'vitest';
import type { AuthorId, UpdateHash } from '../../services/rooms/index.ts';
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
