import { describe, expect, it } from 'vitest';
import type { RoomUpdate } from '../services/rooms/index.ts';
import { closedNote, exportRecord, roomLine, roomRecord, updateLine, updateRecord } from './room-text.ts';

const update = (change: Partial<RoomUpdate> = {}): RoomUpdate => ({
  ...{ hash: 'ab'.repeat(32) as never, author: 'cd'.repeat(32) as never, parents: [] },
  ...{ claimedAtMs: 1_790_000_000_000, update: { add: 'milk', photo: Uint8Array.of(1, 2) } },
  ...change,
});

describe('a room in a terminal', () => {
  it('has a line for each update, in which nothing moves the cursor', () => {
    expect(updateLine(update())).toBe(
      '2026-09-21T14:13:20.000Z cdcdcdcd {"add":"milk","photo":{"base64":"AQI="}}',
    );
    expect(updateLine(update({ update: 'red\u001b[31m\nline', claimedAtMs: Number.MAX_SAFE_INTEGER }))).toBe(
      'at no time cdcdcdcd red\ufffd[31m line',
    );
  });

  it('is all there in JSON, bytes included', () => {
    const beginning = {
      ...{ reducer: 'todo/1', initial: [Uint8Array.of(255)] },
      limits: { maxBytes: 1, updatesPerSecond: 2, bytesPerSecond: 3 },
    };
    const room = { id: 'ef'.repeat(32) as never, beginning, updates: () => [update()] };
    expect(JSON.parse(JSON.stringify(exportRecord({ ...room, base: undefined })))).toEqual({
      ...{ format: 'leafcutter room export 1', room: 'ef'.repeat(32), reducer: 'todo/1' },
      ...{ limits: beginning.limits, initial: [{ base64: '/w==' }], updates: [updateRecord(update())] },
    });
    const base = { checkpoint: 3, updates: 9, state: Uint8Array.of(255) };
    expect(JSON.parse(JSON.stringify(exportRecord({ ...room, base }))).base).toEqual({
      ...base,
      state: { base64: '/w==' },
    });
  });

  it('says why a log is shorter than what was written', () => {
    expect(closedNote({ base: undefined })).toBeUndefined();
    expect(closedNote({ base: { checkpoint: 1, updates: 0, state: null } })).toBeUndefined();
    expect(closedNote({ base: { checkpoint: 3, updates: 9, state: null } })).toBe(
      '9 updates before these are closed by checkpoint 3 and not kept one by one: `room export` has what came of them',
    );
  });

  it('says how it stands', () => {
    const room = {
      sync: { type: 'behind', updates: 4 } as const,
      disk: { type: 'trouble', reason: 'no room', updates: 2 } as const,
      members: [{ isHere: true }, { isHere: true }, { isHere: false }] as never,
      updates: () => [update()],
    };
    expect(roomLine(room)).toBe('1 update, 1 other here, 4 to come; 2 not stored: no room');
    expect(
      roomLine({
        ...room,
        sync: { type: 'alone' },
        disk: { type: 'kept' },
        members: [{ isHere: true }] as never,
      }),
    ).toBe('1 update, nobody else here; kept');
    expect(roomRecord(room)).toEqual({ updates: 1, others: 1, sync: room.sync, disk: room.disk });
  });
});
