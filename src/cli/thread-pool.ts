/** Render workers of the terminal: worker_threads, the kernel compiled once for all of them. */
import { Worker } from 'node:worker_threads';
import { type Remote, wrap } from 'comlink';
import {
  type KernelModules,
  type RenderPool,
  type RenderWorkerApi,
  type WorkerHandle,
  WorkerPool,
} from '../render/job/index.ts';
import { systemTimers } from '../runtime/index.ts';
import { threadEndpoint } from './thread-endpoint.ts';

/** @param entry the built render-thread-worker */
export function createThreadPool(modules: KernelModules, entry: URL): RenderPool {
  return new WorkerPool(() => spawn(modules, entry), systemTimers, {
    canShare: modules.shared !== undefined,
  });
}

function spawn(modules: KernelModules, entry: URL): WorkerHandle {
  const worker = new Worker(entry, { workerData: modules, name: 'leafcutter render' });
  // Held by the handle for as long as the worker lives: a collected proxy leaves its promises hanging (comlink 692).
  const remote: Remote<RenderWorkerApi> = wrap<RenderWorkerApi>(threadEndpoint(worker));
  let crashed: (reason: string) => void = () => {};
  worker.on('error', (error) => crashed(`a render thread stopped: ${error.message}`));
  worker.on('messageerror', (error) => crashed(`a render thread sent what cannot be read: ${error.message}`));
  worker.on('exit', (code) => crashed(`a render thread ended with code ${code}`));
  return {
    api: {
      load: (load) => remote.load(load),
      place: (load) => remote.place(load),
      build: () => remote.build(),
      help: (help) => remote.help(help),
      attach: (attachment) => remote.attach(attachment),
      render: (block) => remote.render(block),
      guides: (block) => remote.guides(block),
    },
    onCrash(listener) {
      crashed = listener;
    },
    terminate: () => void worker.terminate(),
  };
}
