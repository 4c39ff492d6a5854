/** Blobs of a Node with a disk: found again after a reload, gone on with after a break. */
import { beforeAll, describe, expect, it } from 'vitest';
import { isSame, payload, setUp, watch } from '../../../sim/blob-world.testing.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { systemTime } from '../../runtime/index.ts';
import { MemoryDisk } from '../disk/memory.testing.ts';
import { PATIENCE_MS, Shelf } from '../disk/shelf.ts';
import { BlobDisk, CHUNK_BYTES } from './blob-disk.ts';
import { BlobUnavailableError } from './errors.ts';
import { PIECE } from './fetcher.ts';
import { HOPELESS_SECONDS } from './pace.ts';
import { hashOf, PIECE_BYTES, tableOf } from './table.ts';

const size = 3 * CHUNK_BYTES + 1000;
const pieces = Math.ceil(size / PIECE_BYTES);
const bytes = payload(size);
let hash: Awaited<ReturnType<typeof hashOf>>;

quietVirtualTime();
beforeAll(async () => {
  hash = await hashOf(bytes);
});

/** A world that counts the pieces that were asked for. */
function counted(seed?: number) {
  const world = setUp(seed);
  const asked = { pieces: 0 };
  world.mesh.onRequest = (name) => {
    if (name === PIECE) asked.pieces++;
  };
  return { ...world, asked };
}

/** A disk on which half of the Blob came before the device went away. */
async function brokenOff(): Promise<MemoryDisk> {
  const { mesh, add, addWithDisk } = setUp();
  const source = add();
  await source.blobs.put(bytes);
  const { node, blobs, disk } = addWithDisk();
  await mesh.meet();
  let received = 0;
  const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => {
    received = receivedBytes;
  };
  watch(blobs.get(hash, { holders: [source.node.id], totalBytes: size, onProgress }));
  await mesh.runUntil(() => received >= 2 * CHUNK_BYTES);
  blobs.close();
  mesh.kill(node.id);
  return disk;
}

describe('blobs of a device with a disk', () => {
  it('that were put are there after a reload, with nobody else in the mesh', async () => {
    const { mesh, addWithDisk } = setUp();
    const { node, blobs, disk } = addWithDisk();
    await blobs.put(bytes);
    await mesh.runFor(100);
    expect(await blobs.isKept(hash)).toBe(true);
    mesh.kill(node.id);
    const again = addWithDisk(disk);
    expect(again.blobs.has(hash)).toBe(false);
    const seen: number[] = [];
    const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => void seen.push(receivedBytes);
    const got = watch(again.blobs.get(hash, { holders: [], onProgress }));
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
    expect(seen).toEqual([size]);
    expect(again.blobs.has(hash)).toBe(true);
  });

  it('that are needed are kept again when somebody else emptied the disk', async () => {
    const { mesh, addWithDisk } = setUp();
    const { blobs, disk, shelf } = addWithDisk();
    const other = await blobs.put(payload(1000, 2));
    await blobs.put(bytes);
    blobs.release(other);
    await mesh.runFor(100);
    disk.records.clear();
    shelf.reportLoss();
    await mesh.runFor(100);
    expect(await blobs.isKept(hash)).toBe(true);
    expect(await blobs.isKept(other)).toBe(false);
  });

  it('that were fetched are there after a reload, and asked of nobody', async () => {
    const { mesh, add, addWithDisk, asked } = counted();
    const a = add();
    await a.blobs.put(bytes);
    const b = addWithDisk();
    await mesh.meet();
    const first = watch(b.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runUntil(() => first.isSettled);
    expect(asked.pieces).toBe(pieces);
    mesh.kill(b.node.id);
    const c = addWithDisk(b.disk);
    const second = watch(c.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runUntil(() => second.isSettled);
    expect(isSame(second.value, bytes)).toBe(true);
    expect(asked.pieces).toBe(pieces);
  });

  it('that are like others on the disk are asked for only in what differs, after a reload as well', async () => {
    const { mesh, add, addWithDisk, asked } = counted();
    const a = add();
    const changed = bytes.with(5 * PIECE_BYTES, 255 - (bytes[5 * PIECE_BYTES] ?? 0));
    const after = await a.blobs.put(changed);
    await a.blobs.put(bytes);
    const b = addWithDisk();
    await mesh.meet();
    const first = watch(b.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runUntil(() => first.isSettled);
    await mesh.runFor(100);
    mesh.kill(b.node.id);
    const c = addWithDisk(b.disk);
    // What the disk made something else of is not believed.
    const torn = `blob/${hash}/${size}/0/b${CHUNK_BYTES}`;
    await c.shelf.write([{ key: torn, bytes: payload(CHUNK_BYTES, 7) }]);
    await mesh.meet();
    asked.pieces = 0;
    const second = watch(c.blobs.get(after, { holders: [a.node.id] }));
    await mesh.runUntil(() => second.isSettled);
    expect(isSame(second.value, changed)).toBe(true);
    expect(asked.pieces).toBe(1 + CHUNK_BYTES / PIECE_BYTES);
  });

  it('that may be like others on a slow disk are asked for before those could be read one after the other', async () => {
    const { mesh, add, addWithDisk, asked } = counted();
    const a = add();
    await a.blobs.put(bytes);
    const b = addWithDisk();
    for (let i = 0; i < 40; i++) await b.blobs.put(payload(100, 10 + i));
    await mesh.runFor(1_000);
    mesh.kill(b.node.id);
    const c = addWithDisk(b.disk);
    await mesh.meet();
    b.disk.before = () => new Promise((resolve) => c.host.after(100, () => resolve()));
    const got = watch(c.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runFor(3_000);
    expect(asked.pieces).toBeGreaterThan(0);
    b.disk.before = undefined;
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
  });

  it('whose transfer broke off ask only for what is missing', async () => {
    const disk = await brokenOff();
    const chunks = [...disk.records.keys()].filter((key) => key.startsWith(`blob/${hash}/`));
    const kept = chunks.reduce(
      (sum, key) => sum + Math.ceil(Number(key.split('/b').at(-1)) / PIECE_BYTES),
      0,
    );
    expect(kept).toBeGreaterThanOrEqual(CHUNK_BYTES / PIECE_BYTES);
    const { mesh, add, addWithDisk, asked } = counted();
    const [a, b] = [add(), addWithDisk(disk)];
    await a.blobs.put(bytes);
    await mesh.meet();
    const got = watch(b.blobs.get(hash, { holders: [a.node.id], totalBytes: size }));
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
    expect(asked.pieces).toBe(pieces - kept);
  });

  it('of which the disk made something else come all the same, and nobody honest is blamed', async () => {
    const disk = await brokenOff();
    const kept = new BlobDisk(new Shelf(disk, systemTime, async () => Number.POSITIVE_INFINITY), {
      now: () => 0,
    });
    const found: number[] = [];
    for await (const { offset } of kept.parts(hash, size)) found.push(offset / CHUNK_BYTES);
    const [chunk = 0] = found;
    await kept.remove(hash);
    await kept.keepChunk(hash, size, chunk, payload(CHUNK_BYTES, 9));
    const { mesh, add, addWithDisk, asked } = counted();
    const [a, b] = [add(), addWithDisk(disk)];
    await a.blobs.put(bytes);
    await mesh.meet();
    const got = watch(b.blobs.get(hash, { holders: [a.node.id], totalBytes: size }));
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
    expect(asked.pieces).toBe(pieces);
    await mesh.runFor(100);
    mesh.kill(b.node.id);
    const again = addWithDisk(disk);
    const read = watch(again.blobs.get(hash, { holders: [] }));
    await mesh.runUntil(() => read.isSettled);
    expect(isSame(read.value, bytes)).toBe(true);
  });

  it('are served to others from the disk', async () => {
    const { mesh, add, addWithDisk } = setUp();
    const first = addWithDisk();
    await first.blobs.put(bytes);
    await mesh.runFor(100);
    mesh.kill(first.node.id);
    const [server, client] = [addWithDisk(first.disk), add()];
    await mesh.meet();
    const got = watch(client.blobs.get(hash, { holders: [server.node.id] }));
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
  });

  it('are served from the disk only if they fit among the idle ones, of which the longest unused goes for them', async () => {
    const { mesh, add, addWithDisk, asked } = counted();
    const first = addWithDisk();
    const other = payload(1_000_000, 2);
    const otherHash = await first.blobs.put(other);
    await first.blobs.put(bytes);
    await mesh.runFor(100);
    mesh.kill(first.node.id);
    const server = addWithDisk(first.disk, size);
    const client = add();
    await mesh.meet();
    for (const one of [otherHash, hash]) {
      const got = watch(client.blobs.get(one, { holders: [server.node.id] }));
      await mesh.runUntil(() => got.isSettled);
      expect(got.error).toBeUndefined();
    }
    expect([server.blobs.has(otherHash), server.blobs.has(hash)]).toEqual([false, true]);
    const small = addWithDisk(first.disk, size - 1);
    for (const node of [server.node, client.node]) mesh.kill(node.id);
    const last = add();
    await mesh.runFor(5000);
    asked.pieces = 0;
    const got = watch(last.blobs.get(hash, { holders: [small.node.id] }));
    await mesh.runUntil(() => got.isSettled);
    expect(got.error).toBeInstanceOf(BlobUnavailableError);
    expect(asked.pieces).toBe(0);
  });

  it('that somebody here needs do not go when the disk is full', async () => {
    const { mesh, addWithDisk } = setUp();
    const disk = new MemoryDisk();
    disk.capacityBytes = 2.5 * CHUNK_BYTES;
    const { blobs } = addWithDisk(disk);
    const [needed, idle] = [payload(CHUNK_BYTES, 3), payload(CHUNK_BYTES, 4)];
    const neededHash = await blobs.put(needed);
    const idleHash = await blobs.put(idle);
    await mesh.runFor(100);
    blobs.release(idleHash);
    const later = await blobs.put(payload(CHUNK_BYTES, 5));
    await mesh.runFor(100);
    expect(await Promise.all([neededHash, idleHash, later].map((one) => blobs.isKept(one)))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('that are dropped are gone from the disk', async () => {
    const { mesh, addWithDisk } = setUp();
    const { blobs, disk } = addWithDisk();
    await blobs.put(bytes);
    await mesh.runFor(100);
    blobs.drop(hash);
    await mesh.runFor(100);
    expect(disk.records.size).toBe(0);
  });

  it('come though the disk fails at everything, or hangs', async () => {
    for (const before of [() => Promise.reject(new Error('no disk')), () => new Promise<void>(() => {})]) {
      const { mesh, add, addWithDisk } = setUp();
      const disk = new MemoryDisk();
      disk.before = before;
      const [a, b] = [add(), addWithDisk(disk)];
      await a.blobs.put(bytes);
      await mesh.meet();
      const got = watch(b.blobs.get(hash, { holders: [a.node.id], totalBytes: size }));
      await mesh.runUntil(() => got.isSettled, 2 * PATIENCE_MS);
      expect(isSame(got.value, bytes)).toBe(true);
    }
  });
});

describe('a member that trickles', () => {
  it('keeps nobody waiting for more than about a minute, nor fills the disk with what is none of it', async () => {
    const { mesh, addLiar, addWithDisk } = setUp();
    // One after the other: of the four that are asked for at a time, each comes just before it times out.
    const trickle = (piece: number): Promise<Uint8Array> =>
      new Promise((resolve) => {
        slow.host.after(4_700, () => resolve(large.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)));
      });
    const large = payload(40 * CHUNK_BYTES);
    const table = await tableOf(large);
    const slow = addLiar(large.length, table, trickle);
    const { blobs } = addWithDisk();
    await mesh.meet();
    const from = mesh.now();
    const got = watch(blobs.get(await hashOf(large), { holders: [slow.node.id] }));
    await mesh.runUntil(() => got.isSettled, 600_000);
    expect(got.error).toBeInstanceOf(BlobUnavailableError);
    const seconds = (mesh.now() - from) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(HOPELESS_SECONDS);
    expect(seconds).toBeLessThan(HOPELESS_SECONDS + 10);
  });
});
