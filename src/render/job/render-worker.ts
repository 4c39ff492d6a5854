/** The inside of a browser tab's render worker. */
import { expose, transfer } from 'comlink';
import type { BlockBounds, KernelSceneInfo } from '../kernel/index.ts';
import { type RenderedBlock, type SceneLoad, WorkerFailedError } from './pool.ts';
import type { LoadedScene, SceneAttachment } from './scene-sharing.ts';
import { type KernelModules, WorkerSession } from './worker-session.ts';

export class BrowserRenderWorker {
  #session: WorkerSession | undefined;

  begin(modules: KernelModules): void {
    this.#session = new WorkerSession(modules);
  }

  async load(load: SceneLoad): Promise<KernelSceneInfo> {
    return this.#begun().load(load);
  }

  async loadShared(load: SceneLoad): Promise<LoadedScene> {
    return this.#begun().loadShared(load);
  }

  async attach(attachment: SceneAttachment): Promise<void> {
    await this.#begun().attach(attachment);
  }

  render(block: BlockBounds): RenderedBlock {
    const rendered = this.#begun().render(block);
    return transfer(rendered, [rendered.sums.buffer]);
  }

  guides(block: BlockBounds): RenderedBlock {
    const rendered = this.#begun().guides(block);
    return transfer(rendered, [rendered.sums.buffer]);
  }

  #begun(): WorkerSession {
    if (!this.#session) throw new WorkerFailedError('the worker has no kernel yet');
    return this.#session;
  }
}

expose(new BrowserRenderWorker());
