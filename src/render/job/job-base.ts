/** What every RenderJob has in common, own or another's: its state, how it ends, and the promise of its end. */
import { JobFailedError, type JobId } from '../../farm/index.ts';
import { CancelledError, Emitter } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { RenderSpec } from '../settings.ts';
import type {
  FilmView,
  GuideImages,
  GuideOptions,
  JobProgress,
  JobState,
  RenderJob,
  RenderJobEvents,
} from './contract.ts';

export const isFinal = (state: JobState): boolean =>
  state === 'done' || state === 'cancelled' || state === 'failed';

export abstract class RenderJobBase implements RenderJob {
  readonly events = new Emitter<RenderJobEvents>();
  readonly finished: Promise<string>;
  abstract readonly film: FilmView;
  abstract readonly progress: JobProgress;
  abstract readonly isOwn: boolean;
  #state: JobState = 'preparing';
  #reason: string | undefined;
  #hash: string | undefined;
  #resolve: (hash: string) => void = () => {};
  #reject: (error: Error) => void = () => {};

  protected constructor(
    readonly id: JobId,
    readonly owner: NodeId,
    readonly title: string,
    readonly spec: RenderSpec,
  ) {
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Nobody has to wait for it.
    this.finished.catch(() => {});
  }

  get state(): JobState {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  get hash(): string | undefined {
    return this.#hash;
  }

  abstract guides(options?: GuideOptions): Promise<GuideImages>;

  abstract cancel(): void;

  protected beginRendering(): void {
    if (this.#state === 'preparing') this.#enter('rendering');
  }

  /** Something the person should know while the Job goes on. */
  protected remark(reason: string): void {
    this.#reason = reason;
    this.events.emit('state', this.#state);
  }

  protected endDone(hash: string): void {
    if (isFinal(this.#state)) return;
    this.#hash = hash;
    this.#resolve(hash);
    this.#enter('done');
  }

  protected endWithout(state: 'cancelled' | 'failed', reason: string): void {
    if (isFinal(this.#state)) return;
    this.#reason = reason;
    this.#reject(state === 'failed' ? new JobFailedError(reason) : new CancelledError('the render'));
    this.#enter(state);
  }

  #enter(state: JobState): void {
    this.#state = state;
    this.events.emit('state', state);
  }
}
