/** Render workers of a browser tab: module workers spoken to through comlink, the kernel compiled once for all of them. */
import { type Remote, wrap } from 'comlink';
import { LeafcutterError, messageOf, type Timers } from '../../runtime/index.ts';
import { kernelHash } from '../kernel/index.ts';
import { type RenderPool, type WorkerHandle, WorkerPool } from './pool.ts';
import type { BrowserRenderWorker } from './render-worker.ts';

export interface LoadedKernel {
  readonly module: WebAssembly.Module;
  /** SHA-256 of its bytes, hex. */
  readonly hash: string;
}

/** @param url where the page has the kernel @throws LeafcutterError `kernel-unavailable` */
export async function loadKernel(url: string | URL = '/generated/kernel.wasm'): Promise<LoadedKernel> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { module: await WebAssembly.compile(bytes), hash: await kernelHash(bytes) };
  } catch (cause) {
    throw new LeafcutterError(
      'kernel-unavailable',
      `the renderer could not be loaded (${messageOf(cause)}); reload the page, and use a browser with WebAssembly SIMD`,
      { cause },
    );
  }
}

/** No worker starts before it is needed. */
export function createBrowserPool({ module }: LoadedKernel, timers: Timers): RenderPool {
  return new WorkerPool(() => spawn(module), timers);
}

function spawn(module: WebAssembly.Module): WorkerHandle {
  const worker = new Worker(new URL('./render-worker.ts', import.meta.url), {
    type: 'module',
    name: 'leafcutter render',
  });
  // Held by the handle for as long as the worker lives: a collected proxy leaves its promises hanging (comlink 692).
  const remote: Remote<BrowserRenderWorker> = wrap<BrowserRenderWorker>(worker);
  const begun = remote.begin(module);
  begun.catch(() => {});
  let crashed: (reason: string) => void = () => {};
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    crashed(`the render worker stopped: ${event.message || 'it could not be started'}`);
  });
  worker.addEventListener('messageerror', () => crashed('the render worker sent what cannot be read'));
  return {
    api: {
      async load(load) {
        await begun;
        return remote.load(load);
      },
      render: (block) => remote.render(block),
      guides: (block) => remote.guides(block),
    },
    onCrash(listener) {
      crashed = listener;
    },
    terminate: () => worker.terminate(),
  };
}
