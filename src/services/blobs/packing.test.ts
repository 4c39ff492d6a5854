import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isSame, payload, setUp, watch } from '../../../sim/blob-world.testing.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { concatBytes } from '../../runtime/index.ts';
import type { BlobHash } from './contract.ts';
import { type Codec, Packer, platform } from './packing.ts';
import { platformPacking } from './platform-packing.ts';
import { PIECE_BYTES, tableOf } from './table.ts';

quietVirtualTime();

/** As the platform's, within the turn. */
const atOnce: Codec = {
  deflate: async (bytes) => new Uint8Array(deflateSync(bytes)),
  inflate: async (bytes, length) => {
    try {
      const whole = new Uint8Array(inflateSync(bytes));
      return whole.length === length ? whole : undefined;
    } catch {
      return undefined;
    }
  },
};
/** Half of it is always the same. */
const mesh = (length: number): Uint8Array => payload(length).map((byte, i) => (i % 2 === 0 ? byte : 7));

describe('the platform packs', () => {
  const packing = platform as Codec;

  it('when it is asked to', async () => {
    expect(await platformPacking()).toBeInstanceOf(Packer);
  });

  it.each([0, 1, 1_000, PIECE_BYTES])('%d bytes, and unfolds them to the same', async (length) => {
    const bytes = mesh(length);
    expect(isSame(await packing.inflate(await packing.deflate(bytes), length), bytes)).toBe(true);
  });

  it('nothing that unfolds to more or fewer bytes than it is to, or to none', async () => {
    const packed = await packing.deflate(new Uint8Array(100_000_000));
    expect(await packing.inflate(packed, PIECE_BYTES)).toBeUndefined();
    const small = await packing.deflate(mesh(1_000));
    expect(await packing.inflate(small, 1_001)).toBeUndefined();
    expect(await packing.inflate(small.subarray(0, -1), 1_000)).toBeUndefined();
    expect(await packing.inflate(small.with(100, (small[100] ?? 0) ^ 1), 1_000)).toBeUndefined();
    expect(await packing.inflate(new Uint8Array(50), 1_000)).toBeUndefined();
  });

  it.each([1, 4, 100, 40_000])(
    'nothing that goes on for %d bytes after its end, whatever the platform bears',
    async (rest) => {
      const packed = await packing.deflate(mesh(1_000));
      expect(await packing.inflate(packed, 1_000)).toBeDefined();
      const longer = new Uint8Array(packed.length + rest);
      longer.set(packed);
      expect(await packing.inflate(longer, 1_000)).toBeUndefined();
    },
  );
});

describe('packed pieces', () => {
  it('are not tried for a while where one was hardly smaller', async () => {
    let tried = 0;
    const pieces = new Packer({
      ...atOnce,
      deflate(bytes) {
        tried++;
        return atOnce.deflate(bytes);
      },
    });
    const picture = payload(10_000);
    const [one, other] = ['1', '2'] as BlobHash[] as [BlobHash, BlobHash];
    for (let i = 0; i < 32; i++) expect(await pieces.packed(one, i, picture)).toBe(picture);
    expect(tried).toBe(2);
    expect((await pieces.packed(other, 0, mesh(10_000))).length).toBeLessThan(7_000);
  });

  it('come where both sides know of it, and count as what they unfold to', async () => {
    for (const [giver, taker] of [
      [atOnce, atOnce],
      [undefined, atOnce],
      [atOnce, undefined],
    ] as const) {
      const world = setUp();
      const [a, b] = [world.add(undefined, giver), world.add(undefined, taker)];
      const bytes = mesh(600_000);
      const hash = await a.blobs.put(bytes);
      await world.mesh.meet();
      let sent = 0;
      world.mesh.onDispatch = (from, length) => {
        if (from === a.node.id) sent += length;
      };
      const seen: number[] = [];
      const onProgress = ({ receivedBytes }: { receivedBytes: number }) => seen.push(receivedBytes);
      const got = watch(b.blobs.get(hash, { holders: [a.node.id], onProgress }));
      await world.mesh.runUntil(() => got.isSettled);
      expect(isSame(got.value, bytes)).toBe(true);
      expect(seen.at(-1)).toBe(600_000);
      expect(sent < 450_000).toBe(giver !== undefined && taker !== undefined);
    }
  });

  it('of numbers are taken apart first, and refused where nobody could have', async () => {
    const pieces = new Packer(atOnce);
    const numbers = new Uint8Array(Float32Array.from({ length: 9_000 }, (_, i) => Math.sin(i / 50)).buffer);
    const packed = await pieces.packed('1' as BlobHash, 0, numbers);
    expect(packed.length).toBeLessThan(0.8 * deflateSync(numbers).length);
    expect(await pieces.unpacked(packed, numbers.length)).toEqual(numbers);
    expect(await pieces.unpacked(packed.with(0, 0), numbers.length)).not.toEqual(numbers);
    expect(await pieces.unpacked(packed.with(0, 13), numbers.length)).toBeUndefined();
    expect(await pieces.unpacked(new Uint8Array(), 0)).toBeUndefined();
  });

  it('leave a Blob as it was put, though it is what Node read from a file', async () => {
    const world = setUp();
    const [giver, taker] = [world.add(undefined, atOnce), world.add(undefined, atOnce)];
    const numbers = new Uint8Array(Float32Array.from({ length: 90_000 }, (_, i) => Math.sin(i / 50)).buffer);
    const read = Buffer.from(numbers);
    const hash = await giver.blobs.put(read);
    await world.mesh.meet();
    const got = watch(taker.blobs.get(hash, { holders: [giver.node.id] }));
    await world.mesh.runUntil(() => got.isSettled);
    expect(got.error).toBeUndefined();
    expect(isSame(got.value, numbers)).toBe(true);
    expect(isSame(read, numbers)).toBe(true);
  });

  it('of vertices that are repeated stay as they are before they are deflated', async () => {
    const pieces = new Packer(atOnce);
    const corner = (i: number): number[] => [Math.sin(i), Math.cos(3 * i), Math.sin(i * i)];
    const numbers = Array.from({ length: 9_000 }, (_, i) => corner(Math.floor(i / 6) + (i % 2)));
    const bytes = new Uint8Array(Float32Array.from(numbers.flat()).buffer);
    const packed = await pieces.packed('1' as BlobHash, 0, bytes);
    expect(packed.length).toBe(1 + deflateSync(bytes).length);
  });

  it('find the way of packing on its way when who wants them is asking, and when others know what there is', async () => {
    const world = setUp();
    const loads: string[] = [];
    const packing = (whose: string) => async () => {
      loads.push(whose);
      return undefined;
    };
    const giver = world.add(undefined, undefined, packing('giver'));
    const taker = world.add(undefined, undefined, packing('taker'));
    const hash = await giver.blobs.put(mesh(1_000));
    await world.mesh.meet();
    const got = watch(taker.blobs.get(hash, { holders: [giver.node.id] }));
    expect(loads).toEqual(['taker']);
    await world.mesh.runUntil(() => got.isSettled);
    expect(loads).toEqual(['taker', 'giver']);
  });

  it('leave again as they came', async () => {
    const world = setUp();
    let deflated = 0;
    const counting: Codec = {
      ...atOnce,
      deflate(bytes) {
        deflated++;
        return atOnce.deflate(bytes);
      },
    };
    const giver = world.add(undefined, atOnce);
    const bytes = mesh(600_000);
    const hash = await giver.blobs.put(bytes);
    const between = world.add(undefined, counting);
    const last = world.add(undefined, atOnce);
    await world.mesh.meet();
    for (const [taker, holder] of [
      [between, giver],
      [last, between],
    ] as const) {
      const got = watch(taker.blobs.get(hash, { holders: [holder.node.id] }));
      await world.mesh.runUntil(() => got.isSettled);
      expect(isSame(got.value, bytes)).toBe(true);
    }
    expect(deflated).toBe(0);
  });

  it('are deflated once, however often they leave, of so many as there is room for', async () => {
    let deflated = 0;
    const pieces = new Packer({
      ...atOnce,
      async deflate() {
        deflated++;
        return new Uint8Array(1024 * 1024 - 1); // and the stride
      },
    });
    const hash = '1' as BlobHash;
    const piece = new Uint8Array(2 * 1024 * 1024);
    const leave = async (count: number): Promise<number> => {
      deflated = 0;
      for (let i = 0; i < count; i++) await pieces.packed(hash, i, piece);
      return deflated;
    };
    expect(await leave(16)).toBe(16);
    expect(await leave(16)).toBe(0);
    expect(await leave(17)).toBe(1);
    // The first one went, and of the rest each when its turn comes.
    expect(await leave(17)).toBe(17);
    // One that leaves all the time stays.
    deflated = 0;
    for (let i = 17; i < 51; i++) {
      await pieces.packed(hash, 16, piece);
      await pieces.packed(hash, i, piece);
    }
    expect(deflated).toBe(34);
  });

  it('are deflated once for all who ask at the same time, and again where that did not succeed', async () => {
    let deflated = 0;
    let isBroken = true;
    const pieces = new Packer({
      ...atOnce,
      async deflate(bytes) {
        deflated++;
        if (isBroken) throw new Error('no memory');
        return atOnce.deflate(bytes);
      },
    });
    const hash = '1' as BlobHash;
    const piece = mesh(10_000);
    const leaveSeven = () =>
      Promise.allSettled(Array.from({ length: 7 }, () => pieces.packed(hash, 0, piece)));
    expect((await leaveSeven()).map(({ status }) => status)).toEqual(Array(7).fill('rejected'));
    expect(deflated).toBe(1);
    isBroken = false;
    const left = await leaveSeven();
    expect(new Set(left.map((each) => (each.status === 'fulfilled' ? each.value : undefined))).size).toBe(1);
    expect(deflated).toBe(2);
  });

  it('that unfold to something else show a liar', async () => {
    const world = setUp();
    const bytes = mesh(600_000);
    const honest = world.add(undefined, atOnce);
    const hash = await honest.blobs.put(bytes);
    const liar = world.addLiar(bytes.length, await tableOf(bytes), () =>
      concatBytes(Uint8Array.of(0), deflateSync(new Uint8Array(PIECE_BYTES))),
    );
    const taker = world.add(undefined, atOnce);
    await world.mesh.meet();
    const got = watch(taker.blobs.get(hash, { holders: [liar.node.id, honest.node.id] }));
    await world.mesh.runUntil(() => got.isSettled);
    expect(isSame(got.value, bytes)).toBe(true);
  });
});
