/** The inside of the terminal's render thread. Its data is the compiled kernel. */
import { parentPort, workerData } from 'node:worker_threads';
import { expose, transfer } from 'comlink';
import { type RenderWorkerApi, WorkerSession } from '../render/job/index.ts';
import { threadEndpoint } from './thread-endpoint.ts';

const module: unknown = workerData;
if (parentPort && module instanceof WebAssembly.Module) {
  const session = new WorkerSession(module);
  const api: RenderWorkerApi = {
    load: (load) => session.load(load),
    async render(block) {
      const rendered = session.render(block);
      return transfer(rendered, [rendered.sums.buffer]);
    },
    async guides(block) {
      const rendered = session.guides(block);
      return transfer(rendered, [rendered.sums.buffer]);
    },
  };
  expose(api, threadEndpoint(parentPort));
}
