import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { decodeTable, encodeTable, hashOf, isPiece, nameOf, PIECE_BYTES, tableOf } from './table.ts';

const bytes = seededRandom(3).bytes(9 * PIECE_BYTES + 100);

describe('a table', () => {
  it('names the Blob, and tells each of its pieces from all else', async () => {
    const table = await tableOf(bytes);
    expect(await nameOf(table)).toBe(await hashOf(bytes));
    for (const piece of [0, 8, 9]) {
      const own = bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
      expect(await isPiece(table, piece, own)).toBe(true);
      expect(await isPiece(table, (piece + 1) % 9, own)).toBe(false);
      expect(await isPiece(table, piece, own.with(5, (own[5] ?? 0) ^ 1))).toBe(false);
      expect(await isPiece(table, piece, own.subarray(1))).toBe(false);
    }
    expect(await isPiece(table, 10, new Uint8Array())).toBe(false);
  });

  it('gives another name to other bytes, to fewer, and to itself', async () => {
    const few = bytes.subarray(0, 1_000);
    const names = await Promise.all(
      [few, few.subarray(1), new Uint8Array(), new Uint8Array(1), encodeTable(await tableOf(few))].map(
        hashOf,
      ),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('travels, and is none with another length or size', async () => {
    for (const size of [0, 1, PIECE_BYTES, PIECE_BYTES + 1]) {
      const table = await tableOf(bytes.subarray(0, size));
      const travelled = encodeTable(table);
      expect(decodeTable(travelled)).toEqual(table);
      expect(decodeTable(travelled.subarray(1))).toBeUndefined();
      expect(decodeTable(new Uint8Array([...travelled, 0]))).toBeUndefined();
    }
    expect(decodeTable(encodeTable({ totalBytes: Number.NaN, hashes: new Uint8Array() }))).toBeUndefined();
    expect(decodeTable(encodeTable({ totalBytes: 2 ** 60, hashes: new Uint8Array(32) }))).toBeUndefined();
  });
});
