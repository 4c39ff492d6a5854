/** The inside of the terminal's render thread. Its data are the compiled kernels. */
import { parentPort, workerData } from 'node:worker_threads';
import { expose, transfer } from 'comlink';
import { type KernelModules, type RenderWorkerApi, WorkerSession } from '../render/job/index.ts';
import { threadEndpoint } from './thread-endpoint.ts';

if (parentPort) {
  const modules: KernelModules = workerData;
  const session = new WorkerSession(modules);
  const api: RenderWorkerApi = {
    load: (load) => session.load(load),
    place: (load) => session.place(load),
    build: () => session.build(),
    help: (help) => session.help(help),
    attach: (attachment) => session.attach(attachment),
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
