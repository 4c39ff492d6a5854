import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../runtime/index.ts';
import * as layout from '../assembly/layout.ts';
import { abandonSite, type BuildSite } from '../build-site.ts';
import { instanced, shifted, turned } from './instanced-shapes.ts';
import { type Instanced, KernelUnderTest, kernelModule, type Triangles } from './kernel-under-test.ts';
import { duplicated, joined, randomRays, soup, trianglesOf } from './shapes.ts';

const HELPER = `
  const { parentPort, workerData: { module, memory, crew, start } } = require('node:worker_threads');
  const abort = () => { throw new Error('The kernel aborted.'); };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort, heapStart: start } });
  parentPort.postMessage('ready');
  parentPort.postMessage(exports.helpBuild(crew));
`;

/** Takes one piece of work of that stage or a later one, never does it, and is given up a moment later. */
const LOST = `
  const { parentPort, workerData: { memory, ticket, total, state, from } } = require('node:worker_threads');
  const longs = new BigInt64Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  parentPort.postMessage('ready');
  for (;;) {
    const seen = Atomics.load(longs, ticket);
    if (seen >> 32n < BigInt(from) || Number(seen & 0xffffffffn) >= Atomics.load(words, total)) continue;
    if (Atomics.compareExchange(longs, ticket, seen, seen + 1n) === seen) break;
  }
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  Atomics.store(words, state, ${layout.CREW_IS_ABANDONED});
  Atomics.notify(words, state + 1);
`;

async function started(code: string, workerData: object): Promise<Worker> {
  const worker = new Worker(code, { eval: true, workerData });
  await once(worker, 'message');
  return worker;
}

function helper({ memory, crew }: BuildSite, number: number): Promise<Worker> {
  const start = crew + (1 + number) * layout.HELPER_BYTES;
  return started(HELPER, { module: kernelModule('kernel-shared.wasm'), memory, crew, start });
}

type Shape = Triangles | Instanced;

function build(kernel: KernelUnderTest, shape: Shape): number {
  return 'meshes' in shape ? kernel.buildInstanced(shape) : kernel.build(shape);
}

/** All bytes of the hierarchy that so many helpers and this thread build, and what the helpers did of it. */
async function built(shape: Shape, helpers: number) {
  const kernel = new KernelUnderTest(undefined, true);
  const site = kernel.openSite();
  expect(site.crew).toBeGreaterThan(0);
  const workers: Worker[] = [];
  for (let i = 0; i < helpers; i++) workers.push(await helper(site, i));
  const answers = workers.map((worker) => once(worker, 'message'));
  const nodes = build(kernel, shape);
  kernel.closeSite();
  const items = (await Promise.all(answers)).map(([count]) => Number(count));
  return { kernel, nodes, bytes: kernel.bytesFrom(site.crew + 8 * layout.HELPER_BYTES), items };
}

/** A soup of which every fifth triangle is a line. */
function withLines(count: number): Triangles {
  const { positions, indices } = soup(seededRandom(8), count, 0.01);
  return { positions, indices: indices.map((vertex, i) => (i % 15 === 2 ? (indices[i - 1] ?? 0) : vertex)) };
}

/** A large mesh standing in many places. */
function forest(): Instanced {
  const random = seededRandom(3);
  const tree = soup(random, 20_000, 0.01);
  const places = Array.from({ length: 12_000 }, () => ({
    mesh: 0,
    transform: turned(random, [0.1, 0.1, 0.1], shifted(random, 50)),
  }));
  return instanced(soup(random, 10_000, 0.5), [tree], places);
}

const one = trianglesOf([
  [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
  ],
]);

describe('a hierarchy that several cores build', () => {
  it.each<[string, Shape]>([
    ['many triangles, some without an area', withLines(100_000)],
    ['equal triangles, which are halved by number', duplicated(one, 40_000)],
    ['meshes and instances', forest()],
  ])('has the bytes of one that one core builds: %s', async (_, shape) => {
    const alone = await built(shape, 0);
    expect(alone.nodes).toBeGreaterThan(0);
    for (const helpers of [1, 3]) {
      const together = await built(shape, helpers);
      expect(together.nodes).toBe(alone.nodes);
      expect(Buffer.compare(together.bytes, alone.bytes)).toBe(0);
    }
  });

  it('is partly the work of a helper', async () => {
    // On a busy machine a helper may come too late for a small one. Each takes address space until it is collected, so there are few.
    const mesh = withLines(300_000);
    let items = 0;
    for (let i = 0; i < 5 && items === 0; i++) items += (await built(mesh, 1)).items[0] ?? 0;
    expect(items).toBeGreaterThan(0);
  });

  it('is hit as one in a memory that is not shared', async () => {
    const mesh = withLines(30_000);
    const { kernel } = await built(mesh, 1);
    const own = new KernelUnderTest();
    own.build(mesh);
    const rays = joined(randomRays(seededRandom(4), 2000));
    expect(kernel.closest(rays)).toEqual(own.closest(rays));
  });

  // References, splitting, sizes of subtrees, writing them: each stage has an even number.
  describe('of which a helper is lost', () => {
    const mesh = withLines(150_000);
    const rays = joined(randomRays(seededRandom(5), 500));
    let own: KernelUnderTest;
    let nodes = 0;
    beforeAll(() => {
      own = new KernelUnderTest();
      nodes = own.build(mesh);
    });

    it.each([2, 6, 8, 10])('with what it was doing in stage %d, is built all the same', async (from) => {
      // On a busy machine it may come too late for one.
      let isLost = false;
      for (let i = 0; i < 5 && !isLost; i++) {
        const kernel = new KernelUnderTest(undefined, true);
        const { memory, crew } = kernel.openSite();
        expect(crew).toBeGreaterThan(0);
        const data = {
          ...{ memory, from },
          ticket: (crew + layout.CREW_TICKET) / 8,
          total: (crew + layout.CREW_TOTAL) / 4,
          state: (crew + layout.CREW_STATE) / 4,
        };
        const lost = await started(LOST, data);
        expect(kernel.build(mesh)).toBe(nodes);
        isLost = new Int32Array(memory.buffer)[data.state] === layout.CREW_IS_ABANDONED;
        kernel.closeSite();
        await lost.terminate();
        expect(kernel.closest(rays)).toEqual(own.closest(rays));
      }
      expect(isLost).toBe(true);
    });
  });

  it('lets its helpers go when the one who builds is lost', async () => {
    const site = new KernelUnderTest(undefined, true).openSite();
    const worker = await helper(site, 0);
    const answer = once(worker, 'message');
    abandonSite(site);
    expect(await answer).toEqual([0]);
  });

  it('that is refused lets its helpers go, too', async () => {
    const kernel = new KernelUnderTest(undefined, true);
    const site = kernel.openSite();
    const answer = once(await helper(site, 0), 'message');
    expect(
      kernel.build({ positions: Float32Array.of(Number.NaN, 0, 0), indices: Uint32Array.of(0, 0, 0) }),
    ).toBe(-1);
    kernel.closeSite();
    expect(await answer).toHaveLength(1);
  });
});
