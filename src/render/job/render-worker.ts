/** The inside of a browser tab's render worker. */
import { expose, transfer } from 'comlink';
import type { BlockBounds, KernelSceneInfo } from '../kernel/index.ts';
import { type RenderedBlock, type SceneLoad, WorkerFailedError } from './pool.ts';
import type { BuildHelp, LoadedScene, PlacedScene, SceneAttachment } from './scene-sharing.ts';
import { type KernelModules, WorkerSession } from './worker-session.ts';

export class BrowserRenderWorker {
  #session: WorkerSession | undefined;

  begin(modules: KernelModules): void {
    this.#session = new WorkerSession(modules);
  }

  async load(load: SceneLoad): Promise<KernelSceneInfo> {
    return this.#begun().load(load);
  }

  async place(load: SceneLoad): Promise<PlacedScene | undefined> {
    return this.#begun().place(load);
  }

  async build(): Promise<LoadedScene> {
    return this.#begun().build();
  }

  async help(help: BuildHelp): Promise<void> {
    await this.#begun().help(help);
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
