import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Identity } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { NO_CHECKPOINT } from './checkpoint.ts';
import type { RoomDisk, UpdateHash } from './contract.ts';
import { keysOf } from './keys.ts';
import { noting, TestRoom } from './room.testing.ts';
import type { RoomEffect } from './room-events.ts';
import { RoomState } from './room-state.ts';
import type { RoomReducer } from './states.ts';

const room = new TestRoom();
const own = room.author();
const [bob, eve] = [room.author(), room.author()] as [Identity, Identity];

const newState = (change: { maxHistoryBytes?: number; reducer?: RoomReducer } = {}): RoomState =>
  new RoomState({
    ...{ self: own.id, identity: own, genesis: room.genesis, cryptography: room.cryptography },
    keyring: room.newKeyring(keysOf('write', room.keys.writeSecret ?? new Uint8Array(), room.cryptography)),
    deviceSecret: room.random.bytes(32),
    isMaker: false,
    session: 1,
    reducer: noting as unknown as RoomReducer,
    ...change,
  });

let state: RoomState;
const write = (payload: string, token = 1, nowMs = 0): readonly RoomEffect[] =>
  state.handle({ type: 'write', token, payload, claimedAtMs: 0 }, nowMs);
const updates = (from: NodeId, ...bytes: Uint8Array[]): readonly RoomEffect[] =>
  state.handle({ type: 'updates', from, updates: bytes }, 0);
const refusals = (effects: readonly RoomEffect[]) =>
  effects.flatMap((one) => (one.type === 'refused' ? [[one.from, one.reason]] : []));
const typesOf = (effects: readonly RoomEffect[]) =>
  effects.map(({ type }) => type).filter((type) => type !== 'written');

describe('a room on one Node', () => {
  beforeEach(() => {
    state = newState();
    for (const { id } of [bob, eve])
      state.handle({ type: 'peer', node: id, epochs: [room.keyring.current.id] }, 0);
  });

  it('spreads what is written, and says that it is safe when one other has it', () => {
    expect(typesOf(write('a', 7))).toEqual(['store', 'spread', 'changed']);
    const { heads } = state;
    const others = { heads: [], count: 0, isQuestion: false, checkpoint: NO_CHECKPOINT };
    expect(typesOf(state.handle({ type: 'heads', from: eve.id, heads: others }, 1))).toEqual([]);
    const effects = state.handle({ type: 'heads', from: bob.id, heads: { ...others, heads, count: 1 } }, 1);
    expect(effects).toEqual([{ type: 'settled', token: 7, hash: heads[0] }]);
  });

  it('takes an update that builds on an own one as a sign that it has arrived', () => {
    write('a', 7);
    const mine = room.update(bob, 'b', { depth: 2, parents: state.heads });
    expect(updates(bob.id, mine.bytes)).toContainEqual({ type: 'settled', token: 7, hash: mine.parents[0] });
  });

  it('thanks once for all that came in one message: for the last, as the first or the second to thank', () => {
    const thankedAt = new Set<number>();
    let before: readonly UpdateHash[] = [];
    for (let batch = 0; batch < 10; batch++) {
      const begunMs = batch * 250;
      const items = Array.from({ length: 10 }, (_, i) => {
        const number = batch * 10 + i + 1;
        const update = room.update(bob, `${number}`, { number, depth: number, parents: before });
        before = [update.hash];
        return update.bytes;
      });
      state.handle({ type: 'updates', from: bob.id, updates: items }, begunMs);
      for (const afterMs of [20, 200]) {
        const said = state.handle({ type: 'wake' }, begunMs + afterMs);
        const thanksBob = ({ type, to }: { type: string; to?: unknown }) =>
          type === 'thank' && [to].flat().includes(bob.id);
        if (said.some(thanksBob)) thankedAt.add(afterMs);
      }
    }
    expect([...thankedAt].sort()).toEqual([20, 200]);
  });

  it('settles at once what is written alone, and says nothing when somebody no longer waits', () => {
    state = newState();
    expect(typesOf(write('a'))).toEqual(['store', 'changed', 'settled']);
    state.handle({ type: 'peer', node: bob.id, epochs: [room.keyring.current.id] }, 0);
    write('b', 2);
    state.handle({ type: 'cancel', token: 2 }, 0);
    expect(typesOf(state.handle({ type: 'left', node: bob.id }, 1))).toEqual(['parted']);
  });

  it('settles what is written alone when it is on the disk of this device, if that keeps it', () => {
    state = newState();
    const disk = (type: RoomDisk['type'], stored: readonly UpdateHash[] = []) =>
      state.handle({ type: 'disk', disk: type, stored }, 0);
    disk('storing');
    expect(typesOf(write('a', 1))).toEqual(['store', 'changed']);
    const first = state.heads;
    write('b', 2);
    expect(disk('storing', first)).toEqual([{ type: 'settled', token: 1, hash: first[0] }]);
    expect(disk('trouble')).toEqual([{ type: 'settled', token: 2, hash: state.heads[0] }]);
  });

  it('has what was on the disk, and stores what it did not have', () => {
    const [kept, other] = [room.update(bob, 'kept'), room.update(eve, 'other')];
    const effects = state.handle({ type: 'loaded', base: undefined, items: [kept.bytes] }, 0);
    expect([state.state, refusals(effects)]).toEqual([['kept'], []]);
    expect(updates(eve.id, other.bytes)).toContainEqual({
      type: 'store',
      update: other,
    });
  });

  it('answers whoever asks what is here with what is here', () => {
    write('a');
    const heads = { heads: [], count: 0, isQuestion: true, checkpoint: NO_CHECKPOINT };
    const effects = state.handle({ type: 'heads', from: bob.id, heads }, 0);
    expect(effects).toEqual([
      {
        type: 'tell',
        to: [bob.id],
        heads: {
          heads: state.heads,
          count: 1,
          isQuestion: false,
          checkpoint: NO_CHECKPOINT,
          stateHash: undefined,
        },
      },
    ]);
  });

  it('blames who sent what is no update, and for what is wrong with one its author, whoever passed it on', () => {
    expect(refusals(updates(bob.id, new Uint8Array(300)))).toEqual([
      [bob.id, 'an update is of another version: reload'],
    ]);
    const root = room.update(bob, 'b');
    const deep = room.update(eve, 'deep', { depth: 3, parents: [root.hash] });
    expect(refusals(updates(bob.id, root.bytes, deep.bytes))).toEqual([
      [eve.id, 'an update lies about its depth'],
    ]);
    const [one, two] = ['1', '2'].map((text) => room.bytesOf(eve, text)) as [Uint8Array, Uint8Array];
    const problems = refusals(updates(bob.id, one, two)).map(
      ([from, reason]) => `${from === eve.id} ${reason}`,
    );
    expect(problems).toContain('true an update does nothing: its author used its number twice');
    expect(state.state).toHaveLength(2);
  });

  it('verifies once what comes again and again', () => {
    const verify = vi.spyOn(room.cryptography, 'verify');
    const bytes = room.bytesOf(bob, 'once');
    updates(bob.id, bytes);
    const verified = verify.mock.calls.length;
    updates(eve.id, bytes, bytes);
    expect([verified > 0, verify.mock.calls.length - verified]).toEqual([true, 0]);
    expect(state.state).toEqual(['once']);
    verify.mockRestore();
  });

  it('takes nothing above the limit of its history, and writes nothing above half of it', () => {
    state = newState({ maxHistoryBytes: 2_000 });
    state.handle({ type: 'peer', node: bob.id, epochs: [room.keyring.current.id] }, 0);
    const many = Array.from({ length: 20 }, (_, i) => room.bytesOf(bob, `${i}`, { number: i + 1 }));
    const effects = updates(bob.id, ...many);
    const taken = state.updates.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(taken).toBeGreaterThanOrEqual(2_000);
    expect(taken).toBeLessThan(2_300);
    expect(refusals(effects)).toHaveLength(20 - state.updates.length);
    const [failed] = write('a');
    expect(failed).toMatchObject({ type: 'failed', error: { code: 'room-full' } });
  });

  it('writes at its rate: what is over it waits for its turn, and may be withdrawn until then', () => {
    const effects = Array.from({ length: 53 }, (_, i) => write(`${i}`, i)).flat();
    expect([state.state, typesOf(effects).filter((type) => type === 'spread')]).toMatchObject([
      { length: 50 },
      { length: 50 },
    ]);
    state.handle({ type: 'cancel', token: 51 }, 0);
    expect(state.nextWakeAt).toBe(20);
    expect(typesOf(state.handle({ type: 'wake' }, 20))).toContain('spread');
    state.handle({ type: 'wake' }, 10_000);
    expect((state.state as string[]).slice(50)).toEqual(['50', '52']);
  });

  it('tells now and then of what sorts in the midst of much else, and shows all of it to who asks', () => {
    const burst = Array.from({ length: 300 }, (_, i) => room.bytesOf(bob, `${i}`, { number: i + 1 }));
    const told = burst.filter((bytes) => typesOf(updates(bob.id, bytes)).includes('changed'));
    expect(told.length).toBeLessThan(100);
    expect(state.state).toHaveLength(300);
    expect(state.nextWakeAt).toBeLessThanOrEqual(250);
    expect(typesOf(state.handle({ type: 'wake' }, state.nextWakeAt))).toContain('changed');
  });

  it('slows down for what a Node says to all, and not for its thanks: all authors are to see the same', () => {
    const heard = (type: 'heads' | 'thanks', count: number, nowMs: number): readonly RoomEffect[] => {
      const heads = { heads: [], count, isQuestion: false, checkpoint: NO_CHECKPOINT };
      return state.handle({ type, from: eve.id, heads }, nowMs);
    };
    heard('heads', 0, 0);
    for (let i = 0; i < 40; i++) write(`${i}`, i, 100 * i);
    for (const atMs of [4_000, 6_000]) heard('thanks', 1, atMs);
    state.handle({ type: 'wake' }, 7_000);
    expect(state.pace.slowedBy).toEqual([]);
    for (const atMs of [7_000, 9_000]) heard('heads', 1, atMs);
    state.handle({ type: 'wake' }, 10_000);
    expect(state.pace.slowedBy).toEqual([eve.id]);
  });

  it('holds back who writes faster than anybody may, tells it so once, and takes it all in time', () => {
    const flood = Array.from({ length: 600 }, (_, i) => room.bytesOf(bob, `${i}`, { number: i + 1 }));
    const effects = [...updates(bob.id, ...flood.slice(0, 590)), ...updates(bob.id, ...flood.slice(590))];
    const told = effects.filter(({ type }) => type === 'hold' || type === 'heldBack');
    expect(told).toEqual([
      { type: 'hold', to: bob.id },
      { type: 'heldBack', node: bob.id, by: own.id },
    ]);
    expect(state.updates).toHaveLength(500);
    expect(updates(eve.id, room.bytesOf(eve, 'e')).map(({ type }) => type)).toContain('changed');
    state.handle({ type: 'wake' }, 500);
    expect(state.updates).toHaveLength(551);
    state.handle({ type: 'wake' }, 2_000);
    expect(state.updates).toHaveLength(601);
    const heard = state.handle({ type: 'hold', from: eve.id }, 0);
    expect(heard).toEqual([{ type: 'heldBack', node: own.id, by: eve.id }]);
  });

  it('takes what is held back of one with what another built on it', () => {
    const flood = Array.from({ length: 510 }, (_, i) => room.update(bob, `${i}`, { number: i + 1 }));
    updates(bob.id, ...flood.map(({ bytes }) => bytes));
    const last = flood.at(-1);
    updates(eve.id, room.after(last ? [last] : [], eve, 'on it', 1).bytes);
    expect(state.updates).toHaveLength(511);
  });

  it('says how it is with the others', () => {
    state = newState();
    expect(state.sync).toEqual({ type: 'alone' });
    state.handle({ type: 'peer', node: bob.id, epochs: [room.keyring.current.id] }, 0);
    expect(state.sync).toEqual({ type: 'with', nodes: 0, of: 1 });
    const heads = {
      heads: [room.update(bob, 'b').hash],
      count: 5,
      isQuestion: false,
      checkpoint: NO_CHECKPOINT,
    };
    state.handle({ type: 'heads', from: bob.id, heads }, 0);
    expect(state.sync).toEqual({ type: 'behind', updates: 5 });
    updates(bob.id, room.bytesOf(bob, 'b'));
    expect(state.sync).toEqual({ type: 'with', nodes: 1, of: 1 });
  });

  it('waits with `synced` for what each had when asked, and for nobody who is silent or gone', () => {
    const told = state.handle({ type: 'sync', token: 9 }, 0);
    const asked = { isQuestion: true, question: 1 };
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'tell', heads: expect.objectContaining(asked) }),
    );
    const update = room.update(bob, 'b');
    const heads = {
      heads: [update.hash],
      count: 1,
      isQuestion: false,
      question: 1,
      checkpoint: NO_CHECKPOINT,
    };
    state.handle({ type: 'heads', from: bob.id, heads }, 1);
    state.handle({ type: 'left', node: eve.id }, 2);
    expect(typesOf(updates(bob.id, update.bytes))).toContain('settled');
    state.handle({ type: 'sync', token: 10 }, 100);
    expect(typesOf(state.handle({ type: 'wake' }, 10_099))).not.toContain('settled');
    expect(typesOf(state.handle({ type: 'wake' }, 10_100))).toContain('settled');
  });

  it('does not wait with `synced` for what somebody said it has and did not give', () => {
    state.handle({ type: 'left', node: eve.id }, 0);
    state.handle({ type: 'sync', token: 9 }, 0);
    const heads = {
      heads: [room.update(eve, 'never given').hash],
      count: 1,
      isQuestion: false,
      question: 1,
      checkpoint: NO_CHECKPOINT,
    };
    state.handle({ type: 'heads', from: bob.id, heads }, 1);
    const asked = state.handle({ type: 'wake' }, 151);
    expect(asked).toContainEqual({
      type: 'ask',
      to: bob.id,
      known: { checkpoint: NO_CHECKPOINT, hashes: [] },
    });
    const answer = { items: [], left: 0, isSnapshot: false };
    const effects = state.handle({ type: 'answered', from: bob.id, answer }, 200);
    expect(refusals(effects)).toEqual([[bob.id, 'it does not give the updates that it says it has']]);
    expect(effects).toContainEqual({ type: 'settled', token: 9 });
  });

  it('does not wait with `synced` for what somebody said once and says no more (R10)', () => {
    state.handle({ type: 'left', node: eve.id }, 0);
    state.handle({ type: 'sync', token: 9 }, 0);
    const never = room.update(eve, 'never given');
    const said = { heads: [never.hash], count: 1, isQuestion: false, question: 1, checkpoint: NO_CHECKPOINT };
    expect(typesOf(state.handle({ type: 'heads', from: bob.id, heads: said }, 1))).not.toContain('settled');
    const effects = state.handle({ type: 'heads', from: bob.id, heads: { ...said, heads: [] } }, 2);
    expect(effects).toContainEqual({ type: 'settled', token: 9 });
  });

  it('does not wait with `synced` for somebody who says that it has more and never answers (R10)', () => {
    state.handle({ type: 'left', node: eve.id }, 0);
    state.handle({ type: 'sync', token: 9 }, 0);
    const heads = {
      heads: [room.update(eve, 'never given').hash],
      count: 1,
      isQuestion: false,
      question: 1,
      checkpoint: NO_CHECKPOINT,
    };
    const seen = [...state.handle({ type: 'heads', from: bob.id, heads }, 1)];
    for (let nowMs = 1; nowMs < 90_000 && !typesOf(seen).includes('settled'); nowMs += 15_000) {
      nowMs = Math.max(nowMs, state.nextWakeAt);
      const effects = state.handle({ type: 'wake' }, nowMs);
      const hasAsked = typesOf(effects).includes('ask');
      const answered = { type: 'answered', from: bob.id, answer: undefined } as const;
      seen.push(...effects, ...(hasAsked ? state.handle(answered, nowMs + 15_000) : []));
    }
    expect(seen).toContainEqual({ type: 'settled', token: 9 });
    expect(refusals(seen)).toEqual([[bob.id, 'it does not give the updates that it says it has']]);
  });

  it('takes for no answer to `synced` what was on its way before it asked, thanks neither', () => {
    state.handle({ type: 'left', node: eve.id }, 0);
    state.handle({ type: 'sync', token: 9 }, 0);
    const before = { heads: [], count: 0, isQuestion: false, checkpoint: NO_CHECKPOINT };
    expect(typesOf(state.handle({ type: 'heads', from: bob.id, heads: before }, 1))).not.toContain('settled');
    expect(typesOf(state.handle({ type: 'thanks', from: bob.id, heads: before }, 2))).not.toContain(
      'settled',
    );
    // Its own question has numbers of its own.
    const asks = { ...before, isQuestion: true, question: 7 };
    expect(typesOf(state.handle({ type: 'heads', from: bob.id, heads: asks }, 3))).not.toContain('settled');
    const answer = { ...before, question: 1 };
    const effects = state.handle({ type: 'heads', from: bob.id, heads: answer }, 4);
    expect(effects).toContainEqual({ type: 'settled', token: 9 });
  });

  it('answers each question by its number, and asks who met it only after it had asked', () => {
    const asks = { heads: [], count: 0, isQuestion: true, question: 3, checkpoint: NO_CHECKPOINT };
    const told = state.handle({ type: 'heads', from: bob.id, heads: asks }, 1);
    const answer = expect.objectContaining({ isQuestion: false, question: 3 });
    expect(told).toContainEqual({ type: 'tell', to: [bob.id], heads: answer });
    state.handle({ type: 'sync', token: 9 }, 2);
    const met = state.handle({ type: 'peer', node: bob.id, epochs: [room.keyring.current.id] }, 3);
    const asked = expect.objectContaining({ isQuestion: true, question: 1 });
    expect(met).toContainEqual({ type: 'tell', to: [bob.id], heads: asked });
  });

  it('looks at nothing behind what is false in an answer: to judge costs more than to lie', () => {
    const verify = vi.spyOn(room.cryptography, 'verify');
    const heads = { heads: [room.update(eve, 'x').hash], count: 20, isQuestion: false };
    state.handle({ type: 'heads', from: bob.id, heads: { ...heads, checkpoint: NO_CHECKPOINT } }, 0);
    const spoiled = Array.from({ length: 20 }, (_, i) => {
      const bytes = room.bytesOf(bob, `false${i}`).slice();
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      return bytes;
    });
    const items = [room.bytesOf(bob, 'true'), ...spoiled, room.bytesOf(eve, 'behind')];
    verify.mockClear();
    const answer = { items, left: 0, isSnapshot: false };
    const effects = state.handle({ type: 'answered', from: bob.id, answer }, 1);
    expect(refusals(effects)[0]).toEqual([bob.id, 'an update is not signed by its author']);
    expect(refusals(effects)).toHaveLength(2);
    expect(state.state).toEqual(['true']);
    expect(verify.mock.calls.length).toBeLessThan(5);
    verify.mockRestore();
  });

  it('shows who has another state with the same updates, and goes on (R6)', () => {
    const update = room.update(bob, 'b');
    updates(bob.id, update.bytes);
    const same = {
      heads: [update.hash],
      count: 1,
      isQuestion: false,
      checkpoint: NO_CHECKPOINT,
      stateHash: state.stateHash.slice(0, 16),
    };
    const heard = (change: Partial<typeof same>) =>
      refusals(state.handle({ type: 'heads', from: bob.id, heads: { ...same, ...change } }, 1));
    expect(heard({})).toEqual([]);
    expect(heard({ stateHash: '0'.repeat(16), count: 2 })).toEqual([]);
    expect(heard({ stateHash: '0'.repeat(16), heads: [room.update(eve, 'e').hash] })).toEqual([]);
    expect(heard({ stateHash: '0'.repeat(16) })).toEqual([
      [bob.id, 'with the same updates it has another state: one of the two runs another function'],
    ]);
    expect(state.sync.type).not.toBe('stopped');
  });

  it('stops where its own reducer answers differently again, tells who waits, and overwrites nothing (R6, R10)', () => {
    let calls = 0;
    const reducer: RoomReducer = { name: 'dice/1', reduce: () => ++calls };
    state = newState({ reducer });
    for (const { id } of [bob, eve])
      state.handle({ type: 'peer', node: id, epochs: [room.keyring.current.id] }, 0);
    write('a', 5);
    state.handle({ type: 'sync', token: 6 }, 0);
    const before = state.state;
    const heads = {
      heads: state.heads,
      count: 1,
      isQuestion: false,
      checkpoint: NO_CHECKPOINT,
      stateHash: '0'.repeat(16),
    };
    // It has the update, so that the write settles; who waits for all does not yet.
    const effects = state.handle({ type: 'heads', from: bob.id, heads }, 1);
    const reason = 'dice/1 does not answer the same to the same updates';
    expect(effects).toContainEqual({ type: 'stopped', reason });
    expect(effects).toContainEqual({ type: 'settled', token: 5, hash: heads.heads[0] });
    expect(effects).toContainEqual(expect.objectContaining({ type: 'failed', token: 6 }));
    expect(state.sync).toEqual({ type: 'stopped', reason });
    expect(write('b')).toMatchObject([{ type: 'failed', error: { code: 'room-stopped' } }]);
    expect(updates(bob.id, room.bytesOf(bob, 'c'))).toEqual([]);
    expect([state.state, state.nextWakeAt]).toEqual([before, Number.POSITIVE_INFINITY]);
  });

  it('says to all, and to nobody else, which state it has', () => {
    write('a');
    const told = state.handle({ type: 'wake' }, 500).find((one) => one.type === 'tell');
    expect(told).toMatchObject({ to: [bob.id, eve.id], heads: { stateHash: state.stateHash.slice(0, 16) } });
  });
});
