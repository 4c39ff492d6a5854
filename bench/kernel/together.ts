// A hierarchy built by several cores over one shared memory, as the render workers of a page or a terminal build theirs.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { HELPER_BYTES } from '../../src/render/kernel/assembly/layout.ts';
import type { Mesh } from './meshes.ts';

interface Builder {
  alloc(bytes: number, align: number): number;
  openCrew(): number;
  closeCrew(): void;
  buildBvh(positions: number, indices: number, triangles: number): number;
}

const HELPER = `
  const { parentPort, workerData: { module, memory, crew, start } } = require('node:worker_threads');
  const abort = () => { throw new Error('The kernel aborted.'); };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort, heapStart: start } });
  parentPort.postMessage('ready');
  exports.helpBuild(crew);
`;

/** Milliseconds that so many cores take; all of them are there when it begins. */
export async function buildTogether(mesh: Mesh, cores: number): Promise<number> {
  const bytes = new Uint8Array(await readFile('public/generated/kernel-shared.wasm'));
  const module = await WebAssembly.compile(bytes);
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 65_536, shared: true });
  const abort = () => {
    throw new Error('The kernel aborted.');
  };
  const instance = await WebAssembly.instantiate(module, { env: { memory, abort, heapStart: 0 } });
  const kernel = instance.exports as unknown as Builder;
  const copyIn = (data: Float32Array | Uint32Array): number => {
    const at = kernel.alloc(data.byteLength, 64);
    const from = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(memory.buffer, at, data.byteLength).set(from);
    return at;
  };
  const [positions, indices] = [copyIn(mesh.positions), copyIn(mesh.indices)];
  const crew = kernel.openCrew();
  const helpers: Worker[] = [];
  for (let i = 1; i < cores; i++) {
    const start = crew + i * HELPER_BYTES;
    const helper = new Worker(HELPER, { eval: true, workerData: { module, memory, crew, start } });
    helpers.push(helper);
    await once(helper, 'message');
  }
  const before = performance.now();
  kernel.buildBvh(positions, indices, mesh.indices.length / 3);
  const milliseconds = performance.now() - before;
  kernel.closeCrew();
  await Promise.all(helpers.map((helper) => once(helper, 'exit')));
  return milliseconds;
}
