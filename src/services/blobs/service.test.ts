import { describe, expect, it } from 'vitest';
import { isSame, payload, setUp, watch } from '../../../sim/blob-world.testing.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { CancelledError, concatBytes } from '../../runtime/index.ts';
import type { BlobHash } from './contract.ts';
import { BlobCorruptError, BlobUnavailableError } from './errors.ts';
import { PIECE } from './fetcher.ts';
import { encodeOffer } from './messages.ts';
import { hashOf, MAX_BLOB_BYTES, PIECE_BYTES, tableOf } from './table.ts';

quietVirtualTime();

describe('blobs', () => {
  it('come from another Node bit for bit, with progress', async () => {
    const { mesh, add } = setUp();
    const [a, b] = [add(), add()];
    const bytes = payload(1_000_000);
    const hash = await a.blobs.put(bytes);
    await mesh.meet();
    const seen: number[] = [];
    const got = watch(
      b.blobs.get(hash, {
        holders: [a.node.id],
        onProgress: (progress) => seen.push(progress.receivedBytes),
      }),
    );
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
    expect(seen.at(-1)).toBe(bytes.length);
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(b.blobs.has(hash)).toBe(true);
  });

  it('may be empty', async () => {
    const { mesh, add } = setUp();
    const [a, b] = [add(), add()];
    const hash = await a.blobs.put(new Uint8Array());
    await mesh.meet();
    const got = watch(b.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runUntil(() => got.isSettled);
    expect(got.value).toEqual(new Uint8Array());
  });

  it('travel once for concurrent gets', async () => {
    const { mesh, add } = setUp();
    const [a, b] = [add(), add()];
    const hash = await a.blobs.put(payload(600_000));
    await mesh.meet();
    let asked = 0;
    mesh.onRequest = (name) => {
      if (name === PIECE) asked++;
    };
    const gets = [1, 2, 3].map(() => watch(b.blobs.get(hash, { holders: [a.node.id] })));
    await mesh.runUntil(() => gets.every(({ isSettled }) => isSettled));
    expect(gets.every(({ value }) => value === gets[0]?.value)).toBe(true);
    expect(asked).toBe(3);
  });

  it('are asked for only in what differs from those that are here', async () => {
    const { mesh, add } = setUp();
    const [a, b] = [add(), add()];
    const bytes = payload(10 * PIECE_BYTES + 1_000);
    const changed = concatBytes(
      payload(PIECE_BYTES, 2),
      bytes.with(4 * PIECE_BYTES, 0).with(5 * PIECE_BYTES, 0),
    );
    const [before, after] = [await a.blobs.put(bytes), await a.blobs.put(changed)];
    await mesh.meet();
    let asked = 0;
    mesh.onRequest = (name) => {
      if (name === PIECE) asked++;
    };
    const fetched = async (hash: BlobHash): Promise<Uint8Array | undefined> => {
      const got = watch(b.blobs.get(hash, { holders: [a.node.id] }));
      await mesh.runUntil(() => got.isSettled);
      return got.value;
    };
    expect(isSame(await fetched(before), bytes)).toBe(true);
    expect(asked).toBe(11);
    expect(isSame(await fetched(after), changed)).toBe(true);
    expect(asked).toBe(11 + 3);
  });

  it('come from a Node that has fetched them when the first holder is gone', async () => {
    const { mesh, add } = setUp();
    const [a, b, c] = [add(), add(), add()];
    const bytes = payload(700_000);
    const hash = await a.blobs.put(bytes);
    await mesh.meet();
    const first = watch(b.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runUntil(() => first.isSettled);
    mesh.kill(a.node.id);
    const second = watch(c.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runUntil(() => second.isSettled);
    expect(isSame(second.value, bytes)).toBe(true);
  });

  it('survive the death of a holder in the middle of the transfer', async () => {
    for (let seed = 0; seed < 4; seed++) {
      const { mesh, add } = setUp(seed);
      const [a, b, c] = [add(), add(), add()];
      const bytes = payload(1_500_000);
      const hash = await a.blobs.put(bytes);
      await b.blobs.put(bytes);
      await mesh.meet();
      let received = 0;
      const got = watch(
        c.blobs.get(hash, {
          holders: [a.node.id, b.node.id],
          onProgress: (progress) => {
            received = progress.receivedBytes;
          },
        }),
      );
      await mesh.runUntil(() => received > 300_000);
      mesh.kill(a.node.id);
      await mesh.runUntil(() => got.isSettled);
      expect(isSame(got.value, bytes)).toBe(true);
    }
  });

  it('are refused when no holder is honest, and the error names one', async () => {
    const { mesh, add, addLiar } = setUp();
    const hash = await hashOf(payload(100));
    // One lies about the pieces, one about the table.
    for (const table of [await tableOf(payload(100)), await tableOf(payload(100, 2))]) {
      const [{ node: liar }, c] = [addLiar(100, table, () => new Uint8Array(100)), add()];
      await mesh.meet();
      const got = watch(c.blobs.get(hash, { holders: [liar.id] }));
      await mesh.runUntil(() => got.isSettled);
      expect(got.error).toBeInstanceOf(BlobCorruptError);
      expect(got.error).toMatchObject({ holder: liar.id });
      expect(c.blobs.has(hash)).toBe(false);
      mesh.kill(liar.id);
      await mesh.runFor(5_000);
    }
  });

  it('come all the same when one holder lies', async () => {
    const { mesh, add, addLiar } = setUp();
    const bytes = payload(2_000_000);
    const [{ node: liar }, honest, c] = [
      addLiar(bytes.length, await tableOf(bytes), () => new Uint8Array(256 * 1024)),
      add(),
      add(),
    ];
    const hash = await honest.blobs.put(bytes);
    await mesh.meet();
    const got = watch(c.blobs.get(hash, { holders: [liar.id, honest.node.id] }));
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
  });

  it('come in a moment though a liar claims a gibibyte and trickles', async () => {
    const { mesh, add, addLiar } = setUp();
    const trickle = (): Promise<Uint8Array> =>
      new Promise((resolve) => {
        liar.host.after(4_000, () => resolve(new Uint8Array(256 * 1024)));
      });
    const liar = addLiar(1024 * 1024 * 1024, undefined, trickle);
    const [honest, c] = [add(), add()];
    const bytes = payload(2_000_000);
    const hash = await honest.blobs.put(bytes);
    await mesh.meet();
    // Both are known as holders.
    const both = watch(c.blobs.get(hash, { holders: [liar.node.id, honest.node.id] }));
    const from = mesh.now();
    await mesh.runUntil(() => both.isSettled);
    expect(isSame(both.value, bytes)).toBe(true);
    expect(mesh.now() - from).toBeLessThan(1_000);
    // Only the liar is: others are asked because it is slow.
    c.blobs.drop(hash);
    const one = watch(c.blobs.get(hash, { holders: [liar.node.id] }));
    await mesh.runUntil(() => one.isSettled, 10_000);
    expect(isSame(one.value, bytes)).toBe(true);
  });

  it('are not asked of a Node that claims another size than is expected, nor of one that announces it', async () => {
    const { mesh, add, addLiar } = setUp();
    let pieces = 0;
    const liar = addLiar(1024 * 1024 * 1024, undefined, () => {
      pieces++;
      return new Uint8Array(256 * 1024);
    });
    const [honest, c] = [add(), add()];
    const bytes = payload(3_000_000);
    const hash = await honest.blobs.put(bytes);
    await mesh.meet();
    const holders = [liar.node.id, honest.node.id];
    const got = watch(c.blobs.get(hash, { holders, totalBytes: bytes.length }));
    void liar.index.broadcast('have', encodeOffer(hash, 1024 * 1024 * 1024));
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
    expect(pieces).toBe(0);
  });

  it('come from a holder that is not frozen, when the first one is', async () => {
    const { mesh, add } = setUp();
    const [frozen, honest, c] = [add(), add(), add()];
    const bytes = payload(4_000_000);
    const hash = await frozen.blobs.put(bytes);
    await honest.blobs.put(bytes);
    await mesh.meet();
    const holders = [frozen.node.id, honest.node.id];
    let received = 0;
    const onProgress = (progress: { receivedBytes: number }): void => {
      received = progress.receivedBytes;
    };
    const got = watch(c.blobs.get(hash, { holders, onProgress }));
    await mesh.runUntil(() => received > 500_000);
    mesh.freeze(frozen.node.id);
    const from = mesh.now();
    await mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
    expect(mesh.now() - from).toBeLessThan(3_000);
  });

  it('of which those who fetch have only the same part when the holder dies are unavailable at once', async () => {
    const { mesh, add } = setUp();
    const [holder, b, c] = [add(), add(), add()];
    const bytes = payload(4_000_000);
    const hash = await holder.blobs.put(bytes);
    await mesh.meet();
    const received = [0, 0];
    const gets = [b, c].map(({ blobs }, i) => {
      const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => {
        received[i] = receivedBytes;
      };
      return watch(blobs.get(hash, { holders: [holder.node.id], onProgress }));
    });
    await mesh.runUntil(() => received.every((count) => count > 500_000));
    mesh.kill(holder.node.id);
    const from = mesh.now();
    await mesh.runUntil(() => gets.every(({ isSettled }) => isSettled));
    for (const { error } of gets) expect(error).toBeInstanceOf(BlobUnavailableError);
    expect(mesh.now() - from).toBeLessThan(10_000);
  });

  it('of a declared size over the limit are not even begun', async () => {
    const { mesh, add, addLiar } = setUp();
    const hash = await hashOf(payload(100));
    let pieces = 0;
    const { node: boaster } = addLiar(MAX_BLOB_BYTES + 1, undefined, () => {
      pieces++;
      return new Uint8Array();
    });
    const c = add();
    await mesh.meet();
    const got = watch(c.blobs.get(hash, { holders: [boaster.id] }));
    await mesh.runUntil(() => got.isSettled);
    expect(got.error).toBeInstanceOf(BlobUnavailableError);
    expect(pieces).toBe(0);
  });

  it('that nobody has are unavailable', async () => {
    const { mesh, add } = setUp();
    const [, b] = [add(), add()];
    await mesh.meet();
    const got = watch(b.blobs.get(await hashOf(payload(5)), { holders: [] }));
    await mesh.runUntil(() => got.isSettled);
    expect(got.error).toBeInstanceOf(BlobUnavailableError);
  });

  it('stop coming when the last one who wants them cancels', async () => {
    const { mesh, add } = setUp();
    const [a, b] = [add(), add()];
    const hash = await a.blobs.put(payload(5_000_000));
    await mesh.meet();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = watch(b.blobs.get(hash, { holders: [a.node.id], signal: first.signal }));
    const two = watch(b.blobs.get(hash, { holders: [a.node.id], signal: second.signal }));
    await mesh.runFor(30);
    first.abort();
    await mesh.runUntil(() => one.isSettled);
    expect(one.error).toBeInstanceOf(CancelledError);
    expect(two.isSettled).toBe(false);
    second.abort();
    await mesh.runFor(5_000);
    expect(two.error).toBeInstanceOf(CancelledError);
    expect(b.blobs.has(hash)).toBe(false);
  });

  it('that nobody needs any more go when room is needed, the longest unused first', async () => {
    const { add } = setUp();
    const { blobs } = add(1000);
    const [old, recent, needed] = await Promise.all([1, 2, 3].map((seed) => blobs.put(payload(600, seed))));
    if (!old || !recent || !needed) throw new Error('unreachable');
    blobs.release(old);
    expect(blobs.has(old)).toBe(true);
    blobs.release(recent);
    expect([old, recent, needed].map((hash) => blobs.has(hash))).toEqual([false, true, true]);
    blobs.drop(recent);
    expect(blobs.has(recent)).toBe(false);
  });

  it('under way are given up when the service closes', async () => {
    const { mesh, add } = setUp();
    const [a, b] = [add(), add()];
    const hash = await a.blobs.put(payload(5_000_000));
    await mesh.meet();
    const got = watch(b.blobs.get(hash, { holders: [a.node.id] }));
    await mesh.runFor(30);
    b.blobs.close();
    await mesh.runUntil(() => got.isSettled);
    expect(got.error).toBeInstanceOf(BlobUnavailableError);
  });
});
