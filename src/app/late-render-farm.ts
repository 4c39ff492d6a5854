/**
 * The render farm of a page: most visits begin without a render, so all of it but the number of workers comes with the first, one's own
 * or another's.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import {
  type Lent,
  lendWorkers,
  type RenderFarm,
  type RenderJob,
  type RenderPool,
  type RenderRequest,
} from '../render/job/index.page.ts';
import { CancelledError, Emitter, messageOf } from '../runtime/index.ts';
import { Late } from './late.ts';

export interface LateRenderFarmDependencies extends Lent {
  readonly pool: Pick<RenderPool, 'size' | 'setSize' | 'close'>;
  /** Takes part in the renders of the mesh. */
  load(): Promise<RenderFarm>;
}

/** A render of somebody else, or of the disk, is known, and what shows it and works on it is not here yet. */
export interface ComingRender {
  /** Why the last try to load it failed; another follows as long as there is such a render. */
  readonly problem: string | undefined;
}

export class LateRenderFarm implements RenderFarm {
  readonly events: RenderFarm['events'] = new Emitter();
  readonly #dependencies: LateRenderFarmDependencies;
  readonly #whole: Late<RenderFarm>;
  readonly #coming = signal<ComingRender | undefined>(undefined);
  #here: RenderFarm | undefined;
  #isClosed = false;

  constructor(dependencies: LateRenderFarmDependencies) {
    this.#dependencies = dependencies;
    this.#whole = new Late(() => this.#load());
  }

  get jobs(): readonly RenderJob[] {
    return this.#here?.jobs ?? [];
  }

  get workerCount(): number {
    return this.#dependencies.pool.size;
  }

  setWorkerCount(count: number): void {
    if (!this.#isClosed) lendWorkers(this.#dependencies, count);
  }

  get coming(): ReadonlySignal<ComingRender | undefined> {
    return this.#coming;
  }

  /** Resolves when it takes part in renders. @throws where a part of the page cannot be had */
  async come(): Promise<void> {
    await this.#whole.get();
  }

  /** As `come`, for a render that is known: who looks at the page meanwhile is told of it. */
  async comeForRender(): Promise<void> {
    if (!this.#here) this.#coming.value ??= { problem: undefined };
    try {
      await this.come();
    } catch (error) {
      this.#coming.value = this.#isClosed ? undefined : { problem: messageOf(error) };
      throw error;
    }
  }

  async submit(request: RenderRequest): Promise<RenderJob> {
    const whole = await this.#whole.get();
    return whole.submit(request);
  }

  remove(id: RenderJob['id']): void {
    this.#here?.remove(id);
  }

  close(): void {
    this.#isClosed = true;
    this.#here?.close();
    this.#dependencies.pool.close();
    this.events.clear();
  }

  async #load(): Promise<RenderFarm> {
    const whole = await this.#dependencies.load();
    if (this.#isClosed) {
      whole.close();
      throw new CancelledError('the render');
    }
    this.#here = whole;
    this.#coming.value = undefined;
    const changed = (): void => this.events.emit('jobsChanged', undefined);
    whole.events.on('jobsChanged', changed);
    if (whole.jobs.length > 0) changed();
    return whole;
  }
}
