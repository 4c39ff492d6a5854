import { describe, expect, it } from 'vitest';
import { TestRoom, twoWriters } from '../../src/services/rooms/room.testing.ts';
import { Parents } from './parents.ts';

const room = new TestRoom();
const { a1, b1, a2, b2 } = twoWriters(room);
describe('what an update follows', () => {
  it('is in front of it', () => {
    expect(new Parents().areIn([a1, b1, a2, b2])).toBe(true);
    expect(new Parents().areIn([b1, a2, a1])).toBe(false);
    expect(new Parents().areIn([a1, a2])).toBe(false);
  });

  it('is looked for again when what was in front of it has gone or moved behind it', () => {
    const parents = new Parents();
    expect(parents.areIn([a1, b1, a2])).toBe(true);
    expect(parents.areIn([a1, b1, a2, b2])).toBe(true);
    for (let i = 0; i < 2; i++) expect(parents.areIn([a1, b1, b2])).toBe(false);
    expect(parents.areIn([a1, b1, a2, b2])).toBe(true);
    expect(parents.areIn([a1, a2, b1, b2])).toBe(false);
  });

  it('or is closed, until something else is', () => {
    const parents = new Parents();
    expect(parents.areIn([b1, a2, b2], new Map([[a1.writer, 1]]))).toBe(true);
    expect(parents.areIn([b1, a2, b2], new Map([[b1.writer, 1]]))).toBe(false);
  });
});
