import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import {
  asFields,
  newNodeId,
  readBoolean,
  readBytes,
  readInteger,
  readList,
  readNodeId,
  readNumber,
  readText,
} from './index.ts';

const id = newNodeId(seededRandom(3));
const fields = {
  n: 7,
  x: 0.5,
  nan: Number.NaN,
  text: 'abc',
  list: [1, 2],
  bytes: Uint8Array.of(1, 2),
  yes: true,
  id,
};

describe('the fields of a control body', () => {
  it('are read when they have the promised type and lie in bounds', () => {
    expect(readInteger(fields, 'n', 0, 7)).toBe(7);
    expect(readNumber(fields, 'x', 0, 1)).toBe(0.5);
    expect(readText(fields, 'text', 3)).toBe('abc');
    expect(readList(fields, 'list', 2)).toEqual([1, 2]);
    expect(readBytes(fields, 'bytes', 2)).toEqual(Uint8Array.of(1, 2));
    expect(readBoolean(fields, 'yes')).toBe(true);
    expect(readNodeId(fields, 'id')).toBe(id);
  });

  it('are undefined out of bounds, of another type, missing or inherited', () => {
    expect(readInteger(fields, 'n', 0, 6)).toBeUndefined();
    expect(readInteger(fields, 'x', 0, 1)).toBeUndefined();
    expect(readNumber(fields, 'nan', -1, 1)).toBeUndefined();
    expect(readText(fields, 'text', 2)).toBeUndefined();
    expect(readList(fields, 'list', 1)).toBeUndefined();
    expect(readList(fields, 'bytes', 9)).toBeUndefined();
    expect(readBytes(fields, 'bytes', 3)).toBeUndefined();
    expect(readBytes(fields, 'bytes', 0, 1)).toBeUndefined();
    expect(readBoolean(fields, 'n')).toBeUndefined();
    expect(readNodeId(fields, 'text')).toBeUndefined();
    expect(readText(fields, 'constructor', 99)).toBeUndefined();
    expect(readInteger(fields, 'missing', 0, 9)).toBeUndefined();
  });

  it('exist only in a map', () => {
    for (const value of [null, undefined, 3, 'text', [1], Uint8Array.of(1)])
      expect(asFields(value)).toBeUndefined();
    expect(asFields(fields)).toBe(fields);
  });
});
