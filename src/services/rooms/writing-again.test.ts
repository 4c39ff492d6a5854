import { expect, it } from 'vitest';
import { toHex } from '../../runtime/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import { authorOf, FinalRoom } from './final.testing.ts';
import type { History } from './history.ts';
import { keysOf } from './keys.ts';
import { noting, TestRoom } from './room.testing.ts';
import type { RoomEffect } from './room-events.ts';
import { RoomState } from './room-state.ts';
import { encodeSnapshot, piecesOf } from './snapshot.ts';
import type { RoomReducer } from './states.ts';
import { Undoing } from './undoing.ts';
import type { Undoes, Update } from './update.ts';

const MAX_HISTORY_BYTES = 200_000;

const room = new TestRoom();
const final = new FinalRoom(room);
const [own, bob, ann, eve] = [room.author(), room.author(), room.author(), room.author()] as const;
const large = 'x'.repeat(8_000);

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to + 1 - from }, (_, i) => `${from + i}`);

/**
 * Twelve updates are closed one by one, of which one is to take back another, and a checkpoint was quicker. Then it is another chain that
 * counts, which has none of them: what is here of the first one goes on, and the last three that were let go of are written again, behind it.
 */
function scene(undo: { readonly number: number; readonly of: number; readonly session?: number }) {
  const state = new RoomState({
    ...{ self: own.id, identity: own, cryptography: room.cryptography },
    genesis: { ...room.genesis, limits: { ...room.genesis.limits, updatesPerSecond: 5 } },
    keyring: room.newKeyring(keysOf('write', room.keys.writeSecret ?? new Uint8Array(), room.cryptography)),
    ...{ deviceSecret: room.random.bytes(32), isMaker: false, session: 1 },
    reducer: noting as unknown as RoomReducer,
    maxHistoryBytes: MAX_HISTORY_BYTES,
  });
  const texts = (): readonly string[] =>
    (state.state as readonly string[]).map((text) => text.replace(large, ''));
  const given = (...items: readonly (Update | Checkpoint)[]): readonly RoomEffect[] =>
    state.handle({ type: 'updates', from: bob.id, updates: items.map(({ bytes }) => bytes) }, 0);
  const write = (token: number, payload: string, nowMs: number, undoes?: Undoes): readonly RoomEffect[] =>
    state.handle({ type: 'write', token, payload, claimedAtMs: 0, ...(undoes && { undoes }) }, nowMs);
  state.handle({ type: 'peer', node: bob.id, epochs: [room.keyring.current.id] }, 0);
  const first = room.update(bob, 'first');
  const [here, there] = [final.history(), final.history()];
  final.add([here, there], first);
  const common = final.checkpoint(here, ann);
  final.add([here, there], common);
  given(first, common);
  final.add([there], final.checkpoint(there, eve));
  const written: Update[] = [];
  const undoing = new Undoing();
  const { session } = undo;
  const earlier = session !== undefined && room.update(own, 'earlier', { session });
  for (let i = 1; i <= 12; i++) {
    const undoes = i === undo.number ? { session: session ?? 1, number: undo.of } : undefined;
    if (undoes) undoing.ask(i, false);
    if (undoes && earlier) final.add([here], ...storedBy(given(earlier)));
    const effects = write(i, `${i}${large}`, i * 1_000, undoes);
    for (const one of effects) if (one.type === 'written') undoing.written(one.token, one.update);
    written.push(...storedBy(effects));
    final.add([here], ...storedBy(effects));
    const checkpoint = final.checkpoint(here, ann);
    final.add([here], checkpoint);
    given(checkpoint);
  }
  const isUndo = (text: string): boolean => text === `${undo.number}`;
  expect(texts()).toEqual(['first', ...numbers(1, 12).filter((text) => !isUndo(text))]);
  expect(state.history.base?.checkpoint.number).toBeGreaterThan(4); // what came before it has been let go of

  const effects = meet(state, there);
  const again = storedBy(effects);
  expect(again.map(({ number }) => number)).toEqual(earlier ? [3, 4, 5, 1] : [3, 4, 5]);
  expect(effects.filter(({ type }) => type === 'spread')).toHaveLength(again.length);
  const left = numbers(3, 12).filter((text) => !isUndo(text) && text !== `${undo.of}`);
  expect(new Set(texts())).toEqual(new Set(['first', ...left]));
  return { state, texts, given, write, there, written, undoing, left };
}

it('what a chain had closed that does not count is written again, once, also where its place is closed without it', () => {
  const { state, texts, given, there, written, undoing } = scene({ number: 5, of: 4 });
  // Who makes the next checkpoint has only what goes on.
  final.add([there], ...written.slice(5));
  const turn = given(final.checkpoint(there, eve));
  const shutOut = storedBy(turn);
  expect(shutOut.map(({ number }) => number)).toEqual([13, 14, 15]);
  for (const one of turn) if (one.type === 'moved') undoing.moved(one.from, one.to);
  for (let i = 12; i >= 6; i--) undoing.ask(i, false);
  expect(undoing.next).toEqual({ session: 1, number: 13 }); // the third
  final.add([there], ...shutOut);
  given(final.checkpoint(there, eve));
  expect(texts()).toEqual(['first', ...numbers(6, 12), '3']); // the fifth is about the fourth wherever that is
  expect(there.fold.state).toEqual(state.state);
  expect(state.history.keptBytes).toBeLessThan(MAX_HISTORY_BYTES);
});

it.each([
  ['closed', 6, 12],
  ['still open', 12, 11],
])(
  'what was taken back stays so when it is written again in another place, by an undo that is %s',
  (_, number, closed) => {
    const { texts, given, write, there, written, left } = scene({ number, of: 5 });
    final.add([there], ...written.slice(5, closed));
    const turn = given(final.checkpoint(there, eve));
    expect(new Set(texts())).toEqual(new Set(['first', ...left]));
    expect(storedBy(turn).map((update) => update.number)).toEqual([13, 14, 15, 16]);
    const moved = turn.flatMap((one) => (one.type === 'moved' ? [[one.from.number, one.to.number]] : []));
    expect(moved).toEqual([3, 4, 5, number].map((from, i) => [from, 13 + i]));
    write(200, '', 30_000, { session: 1, number: 16 });
    expect(new Set(texts())).toEqual(new Set(['first', ...left, '5']));
  },
);

it('an undo that is written again is about the update of the opening of the room that it named', () => {
  const { texts } = scene({ number: 5, of: 1, session: 9 });
  expect(texts()).not.toContain('earlier');
});

it('what took back an update of another opening of the room still does when both are written again in other places', () => {
  const { texts, given, there, written } = scene({ number: 5, of: 1, session: 9 });
  const last = written.at(-1);
  if (!last) throw new Error('nothing was written');
  const place = { session: 9, number: 2, depth: last.depth + 1, parents: [last.hash] };
  const late = room.update(own, 'late', place);
  given(late);
  final.add([there], ...written.slice(5), late);
  const turn = given(final.checkpoint(there, eve));
  expect(storedBy(turn).map(({ number }) => number)).toEqual([13, 14, 15, 16]);
  expect(texts()).not.toContain('earlier');
});

it('an undo that waits for its turn is about what it was asked for, wherever that is by then', () => {
  const { state, texts, given, write, there, written, left } = scene({ number: 5, of: 4 });
  const [at, extra] = [22_000, numbers(101, 106)];
  for (const text of extra) write(Number(text), text, at);
  write(200, '', at, { session: 1, number: 3 });
  expect(texts()).toContain('3');
  final.add([there], ...written.slice(5));
  given(final.checkpoint(there, eve));
  expect(texts()).toContain('3');
  state.handle({ type: 'wake' }, at + 10_000);
  expect(new Set(texts())).toEqual(new Set(['first', ...left.filter((text) => text !== '3'), ...extra]));
});

/** Its newest checkpoint is found out about, and its snapshot fetched. */
function meet(state: RoomState, { tip, segments }: History): readonly RoomEffect[] {
  const { anchor } = segments.at(-1) ?? {};
  if (!tip || anchor?.state === undefined) throw new Error('there is no state');
  const pieces = piecesOf(encodeSnapshot({ ...anchor, state: anchor.state }));
  const heads = { checkpoint: tip.hash, heads: [], count: 40, isQuestion: false };
  state.handle({ type: 'heads', from: bob.id, heads }, 20_000);
  state.handle({ type: 'wake' }, 21_000);
  const answer = { items: [tip.bytes], left: 0, isSnapshot: true };
  return state.handle({ type: 'answered', from: bob.id, answer }, 21_001).flatMap((one) => {
    if (one.type !== 'askPiece') return [];
    const bytes = pieces[one.question.index] ?? new Uint8Array();
    const piece = { bytes, hash: toHex(room.cryptography.sha256(bytes)) };
    return state.handle({ type: 'piece', question: one.question, piece }, 21_002);
  });
}

function storedBy(effects: readonly RoomEffect[]): readonly Update[] {
  return effects.flatMap((one) =>
    one.type === 'store' && one.update.author === authorOf(own) ? [one.update] : [],
  );
}
