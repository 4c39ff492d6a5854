/** Render workers of a browser tab: module workers spoken to through comlink, the kernel compiled once for all of them. */
import type { Remote } from 'comlink';
import { LeafcutterError, messageOf, type Timers } from '../../runtime/index.ts';
import { compileKernel, type LoadedKernel } from './loaded-kernel.ts';
import { type RenderPool, type WorkerHandle, WorkerPool } from './pool.ts';
import type { BrowserRenderWorker } from './render-worker.ts';
import type { KernelModules } from './worker-session.ts';

/** @param addressOf where the page has a kernel, by its file name @throws LeafcutterError `kernel-unavailable` */
export async function loadKernel(addressOf: (name: string) => URL): Promise<LoadedKernel> {
  const bytesOf = async (name: string): Promise<Uint8Array<ArrayBuffer>> => {
    const response = await fetch(addressOf(name));
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  try {
    const [bytes, sharedBytes] = await Promise.all([
      bytesOf('kernel.wasm'),
      globalThis.crossOriginIsolated ? bytesOf('kernel-shared.wasm') : undefined,
    ]);
    return await compileKernel(bytes, sharedBytes);
  } catch (cause) {
    throw new LeafcutterError(
      'kernel-unavailable',
      `the renderer could not be loaded (${messageOf(cause)}); reload the page, and use a browser with WebAssembly SIMD`,
      { cause },
    );
  }
}

/** No worker starts before it is needed. */
export function createBrowserPool({ modules }: LoadedKernel, timers: Timers): RenderPool {
  return new WorkerPool(() => spawn(modules), timers, { canShare: modules.shared !== undefined });
}

function spawn(modules: KernelModules): WorkerHandle {
  const worker = new Worker(new URL('./render-worker.ts', import.meta.url), {
    type: 'module',
    name: 'leafcutter render',
  });
  const linked = link(worker);
  const begun = linked.then(({ remote }) => remote.begin(modules));
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
        return (await linked).remote.load(load);
      },
      async place(load) {
        await begun;
        return (await linked).remote.place(load);
      },
      build: async () => (await linked).remote.build(),
      async help(help) {
        await begun;
        return (await linked).remote.help(help);
      },
      async attach(attachment) {
        await begun;
        return (await linked).remote.attach(attachment);
      },
      render: async (block) => (await linked).remote.render(block),
      guides: async (block) => (await linked).remote.guides(block),
    },
    onCrash(listener) {
      crashed = listener;
    },
    terminate: () => worker.terminate(),
  };
}

/**
 * What is only needed once there is a worker comes with it. Held by the handle for as long as that lives: a collected proxy leaves its
 * promises hanging (comlink 692). Within an object: a promise would take the proxy for a promise.
 */
async function link(worker: Worker): Promise<{ readonly remote: Remote<BrowserRenderWorker> }> {
  const { wrap } = await import('comlink');
  return { remote: wrap<BrowserRenderWorker>(worker) };
}
