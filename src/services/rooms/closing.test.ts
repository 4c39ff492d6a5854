import { describe, expect, it } from 'vitest';
import { draftCheckpoint } from './closing.ts';
import type { DeviceId } from './contract.ts';
import { authorOf, FinalRoom } from './final.testing.ts';
import type { History } from './history.ts';
import { TestRoom } from './room.testing.ts';
import { MAX_WRITERS, type WriterId } from './writers.ts';

const room = new TestRoom();
const [admin, writer] = [room.author(), room.author()];

describe('a checkpoint of a room in which too many have written', () => {
  const history = new FinalRoom(room).history({});
  history.add(room.after([], writer, 'a', 1));
  const idOf = (i: number): WriterId => i.toString(16).padStart(24, '0') as WriterId;
  const closed = new Map(Array.from({ length: MAX_WRITERS }, (_, i) => [idOf(i), 1] as const));
  const { tip, dag, fold, members } = history;
  const full = { tip, dag, fold, members, closed } as unknown as History;
  const said = { next: authorOf(admin), isTaking: true, members: [] };

  it('is none', () => {
    expect(draftCheckpoint(full, { ...said, removed: undefined }, room.cryptography)).toBeUndefined();
    expect(draftCheckpoint(history, { ...said, removed: undefined }, room.cryptography)?.count).toBe(1);
  });

  it('takes somebody out all the same, and closes nothing with that', () => {
    const removed = ['dd'.repeat(32) as DeviceId];
    const draft = draftCheckpoint(full, { ...said, removed }, room.cryptography);
    expect(draft).toMatchObject({ heads: [], count: 0, removed });
  });
});
