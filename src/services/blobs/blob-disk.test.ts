import { describe, expect, it, vi } from 'vitest';
import { equalBytes, setLogSink, systemTime } from '../../runtime/index.ts';
import { MemoryDisk } from '../disk/memory.testing.ts';
import { Shelf } from '../disk/shelf.ts';
import { BlobDisk, CHUNK_BYTES, MAX_KEPT_BYTES } from './blob-disk.ts';
import type { BlobHash } from './contract.ts';
import { hashOf } from './table.ts';

/** Differs from byte to byte, chunk to chunk and seed to seed; `seededRandom` takes its time for so many. */
const payload = (bytes: number, seed = 1): Uint8Array =>
  new Uint8Array(bytes).map((_, i) => (i + seed + 31 * (i >> 8) + 17 * (i >> 16)) & 0xff);
const size = 2 * CHUNK_BYTES + 100;

function setUp(disk = new MemoryDisk(), budgetBytes = Number.POSITIVE_INFINITY) {
  setLogSink(() => {});
  const shelf = new Shelf(disk, systemTime, async () => budgetBytes);
  const said: string[] = [];
  shelf.events.on('trouble', ({ type }) => said.push(type));
  let nowMs = 1000;
  return { disk, shelf, said, blobs: new BlobDisk(shelf, { now: () => nowMs++ }) };
}

/** How many chunks were handed to the shelf from now on. */
function chunksWritten(shelf: Shelf): () => number {
  const write = vi.spyOn(shelf, 'write');
  return () =>
    write.mock.calls.flatMap(([records]) => records).filter(({ key }) => key.startsWith('blob/')).length;
}

async function partsOf(blobs: BlobDisk, hash: BlobHash, totalBytes = size): Promise<number[]> {
  const offsets: number[] = [];
  for await (const { offset } of blobs.parts(hash, totalBytes)) offsets.push(offset);
  return offsets.sort((a, b) => a - b);
}

describe('blobs on the disk', () => {
  it('are found again by whoever opens it next, to the bit, of any size', async () => {
    for (const length of [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, size]) {
      const { disk, blobs } = setUp();
      const bytes = payload(length);
      const hash = await hashOf(bytes);
      expect(await blobs.keepWhole(hash, bytes)).toBe(true);
      const again = setUp(disk).blobs;
      expect(await again.has(hash)).toBe(true);
      expect(again.peek(hash)).toBe(length);
      expect(equalBytes((await again.read(hash)) ?? payload(7), bytes)).toBe(true);
    }
  });

  it('are written once: what is there is not written again', async () => {
    const { disk, blobs } = setUp();
    const bytes = payload(size);
    const hash = await hashOf(bytes);
    await blobs.keepChunk(hash, size, 1, bytes.subarray(CHUNK_BYTES, 2 * CHUNK_BYTES));
    await blobs.keepWhole(hash, bytes);
    const before = disk.sets;
    await blobs.keepWhole(hash, bytes);
    expect(disk.sets).toBe(before + 1); // that it was used
    expect([...disk.records.keys()].filter((key) => key.startsWith('blob/'))).toHaveLength(3);
    expect([...disk.records.keys()].filter((key) => key.startsWith('used/'))).toHaveLength(1);
  });

  it('are written once, too, while they are on their way to the disk', async () => {
    const { shelf, blobs } = setUp();
    const written = chunksWritten(shelf);
    const bytes = payload(size);
    const hash = await hashOf(bytes);
    const parts = [0, 1, 2].map((i) => bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES));
    const onTheirWay = parts.map((part, i) => blobs.keepChunk(hash, size, i, part));
    expect(await blobs.keepWhole(hash, bytes)).toBe(true);
    expect(await Promise.all(onTheirWay)).toEqual([true, true, true]);
    expect(written()).toBe(3);
  });

  it('are written again when they were removed on their way', async () => {
    const { shelf, blobs } = setUp();
    const written = chunksWritten(shelf);
    const bytes = payload(CHUNK_BYTES);
    const hash = await hashOf(bytes);
    const keep = () => blobs.keepChunk(hash, CHUNK_BYTES, 0, bytes);
    await Promise.all([keep(), blobs.remove(hash), keep()]);
    expect(written()).toBe(2);
  });

  it('are tried again when the disk did not take them', async () => {
    const { disk, shelf, blobs } = setUp();
    const written = chunksWritten(shelf);
    const bytes = payload(10);
    const hash = await hashOf(bytes);
    disk.before = () => {
      throw new Error('away');
    };
    const keep = () => blobs.keepChunk(hash, 10, 0, bytes);
    expect(await keep()).toBe(false);
    await keep();
    expect(written()).toBe(2);
  });

  it('that came in part are not whole, and give what came', async () => {
    const { disk, blobs } = setUp();
    const bytes = payload(size);
    const hash = await hashOf(bytes);
    await blobs.keepChunk(hash, size, 0, bytes.subarray(0, CHUNK_BYTES));
    await blobs.keepChunk(hash, size, 2, bytes.subarray(2 * CHUNK_BYTES));
    const again = setUp(disk).blobs;
    expect(await again.has(hash)).toBe(false);
    expect(await again.read(hash)).toBeUndefined();
    expect(await partsOf(again, hash)).toEqual([0, 2 * CHUNK_BYTES]);
    expect(await partsOf(again, hash, size + 1)).toEqual([]);
  });

  it('with a torn chunk lose that chunk only', async () => {
    const { disk, blobs } = setUp();
    const bytes = payload(size);
    const hash = await hashOf(bytes);
    await blobs.keepWhole(hash, bytes);
    disk.tear(`blob/${hash}/${size}/1/b${CHUNK_BYTES}`);
    const again = setUp(disk).blobs;
    expect(await again.read(hash)).toBeUndefined();
    expect(await partsOf(again, hash)).toEqual([0, 2 * CHUNK_BYTES]);
    expect(await again.keepWhole(hash, bytes)).toBe(true);
    expect(await again.read(hash)).toBeDefined();
  });

  it('that came in part, with a torn chunk, have that chunk written again when it comes again', async () => {
    const { disk, blobs } = setUp();
    const bytes = payload(size);
    const hash = await hashOf(bytes);
    for (const chunk of [0, 1]) {
      await blobs.keepChunk(
        hash,
        size,
        chunk,
        bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES),
      );
    }
    disk.tear(`blob/${hash}/${size}/1/b${CHUNK_BYTES}`);
    const again = setUp(disk).blobs;
    expect(await partsOf(again, hash)).toEqual([0]);
    await again.keepChunk(hash, size, 1, bytes.subarray(CHUNK_BYTES, 2 * CHUNK_BYTES));
    expect(await partsOf(again, hash)).toEqual([0, CHUNK_BYTES]);
  });

  it('with a chunk that is longer than its key says are not there', async () => {
    const { shelf, blobs } = setUp();
    const hash = await hashOf(payload(100));
    await shelf.write([{ key: `blob/${hash}/100/0/b100`, bytes: payload(101) }]);
    expect(await blobs.read(hash)).toBeUndefined();
    expect(await partsOf(blobs, hash, 100)).toEqual([]);
  });

  it('that do not have their hash are removed', async () => {
    const { disk, blobs } = setUp();
    const hash = await hashOf(payload(100));
    await blobs.keepWhole(hash, payload(100, 2));
    expect(await blobs.read(hash)).toBeUndefined();
    expect(disk.records.size).toBe(0);
  });

  it('go when room is needed, the longest unused first, never one that is needed', async () => {
    const { blobs, said } = setUp(new MemoryDisk(), 250_000);
    const all = [1, 2, 3, 4].map((seed) => payload(100_000, seed));
    const hashes = await Promise.all(all.map(hashOf));
    const keep = async (i: number): Promise<boolean> => {
      const [bytes, hash] = [all[i], hashes[i]];
      return bytes && hash ? blobs.keepWhole(hash, bytes) : false;
    };
    const there = () => Promise.all(hashes.map((hash) => blobs.has(hash)));
    await keep(0);
    await keep(1);
    await keep(2);
    expect(await there()).toEqual([false, true, true, false]);
    if (hashes[1]) await blobs.read(hashes[1]);
    await keep(3);
    expect(await there()).toEqual([false, true, false, true]);
    blobs.protect((hash) => hash === hashes[1]);
    await keep(0);
    expect(await there()).toEqual([true, true, false, false]);
    expect(said).toEqual([]);
    blobs.protect(() => true);
    expect(await keep(2)).toBe(false);
    expect(await there()).toEqual([true, true, false, false]);
    expect(said).toEqual(['disk-full']);
  });

  it('that would take the room of everything else are not kept', async () => {
    const { disk, blobs } = setUp();
    expect(await blobs.keepChunk('a'.repeat(64) as BlobHash, MAX_KEPT_BYTES + 1, 0, payload(10))).toBe(false);
    expect(disk.records.size).toBe(0);
  });

  it('of another tab are seen, and what it removed is not missed', async () => {
    const { disk, blobs } = setUp();
    const other = setUp(disk).blobs;
    const bytes = payload(size);
    const hash = await hashOf(bytes);
    await other.keepWhole(hash, bytes);
    expect(await blobs.has(hash)).toBe(true);
    await other.remove(hash);
    expect(await blobs.read(hash)).toBeUndefined();
    expect(await blobs.keepWhole(hash, bytes)).toBe(true);
    expect(await blobs.read(hash)).toBeDefined();
  });

  it('are all there or not, whichever write fails', async () => {
    for (let failing = 0; failing < 5; failing++) {
      const { disk, blobs } = setUp();
      const bytes = payload(size);
      const hash = await hashOf(bytes);
      let set = 0;
      disk.before = (operation) => {
        if (operation === 'set' && set++ === failing) throw new Error('broken');
      };
      const isKept = await blobs.keepWhole(hash, bytes);
      expect(isKept).toBe(failing > 2);
      const again = setUp(disk).blobs;
      expect(await again.has(hash)).toBe(isKept);
      expect(await partsOf(again, hash)).toHaveLength(Math.min(3, failing));
    }
  });

  it('do nothing after the end', async () => {
    const { disk, blobs } = setUp();
    blobs.close();
    const bytes = payload(10);
    expect(await blobs.keepWhole(await hashOf(bytes), bytes)).toBe(false);
    expect(disk.records.size).toBe(0);
  });
});
