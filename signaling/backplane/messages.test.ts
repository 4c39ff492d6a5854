import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { newNodeId } from '../../src/wire/index.ts';
import { ENTRIES_PER_PART, parseServerMessage, type ServerMessage } from './messages.ts';

const id = newNodeId(seededRandom(1));
const entry = { id, network: 'ab'.repeat(32), addressTag: 'cd', since: 7, hasSpoken: true };
const from = 'a1';

it('reads what servers say', () => {
  const messages: ServerMessage[] = [
    { type: 'beat', from, revision: 0 },
    { type: 'added', from, revision: 1, entry },
    { type: 'removed', from, revision: 2, id, since: 7 },
    { type: 'spoke', from, revision: 3, id },
    { type: 'bye', from },
    { type: 'ask', from },
    { type: 'part', from, revision: 3, index: 0, count: 2, entries: [entry] },
    { type: 'delivery', from, to: id, delivery: { type: 'joined', from: id } },
    { type: 'delivery', from, to: id, delivery: { type: 'text', from: id, text: '{}' } },
    { type: 'delivery', from, to: id, delivery: { type: 'text', from: id, text: '{}', offeredFrom: 'cd' } },
  ];
  for (const message of messages) expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
});

it('is undefined for anything else', () => {
  for (const bad of [
    { type: 'beat', from },
    { type: 'beat', from, revision: -1 },
    { type: 'beat', from: '', revision: 1 },
    { type: 'added', from, revision: 1, entry: { ...entry, network: 'n' } },
    { type: 'added', from, revision: 1, entry: { ...entry, id: 'bob' } },
    { type: 'added', from, revision: 1, entry: { ...entry, addressTag: 'x'.repeat(65) } },
    { type: 'removed', from, revision: 1, id },
    { type: 'part', from, revision: 3, index: 2, count: 2, entries: [] },
    { type: 'part', from, revision: 3, index: 0, count: 5_000, entries: [] },
    {
      type: 'part',
      from,
      revision: 3,
      index: 0,
      count: 1,
      entries: new Array(ENTRIES_PER_PART + 1).fill(entry),
    },
    { type: 'delivery', from, to: id, delivery: { type: 'text', from: id, text: 'x'.repeat(70_000) } },
    { type: 'delivery', from, to: 'bob', delivery: { type: 'joined', from: id } },
    { type: 'other', from, revision: 1 },
    null,
    7,
  ]) {
    expect(parseServerMessage(JSON.stringify(bad))).toBeUndefined();
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseServerMessage(text);
    }),
  );
});
