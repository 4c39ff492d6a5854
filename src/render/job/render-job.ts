/**
 * A render as this Node sees it, whoever asked for it and whoever coordinates it. What it is and where it stands comes from the farm;
 * the picture from the own store where this Node has one, else from the coordinator, which is asked anew when it is another one. It
 * is done when the farm says so and every Tile is here in its final state; then this Node hashes what it has itself.
 */
import type { JobId, JobView, JobWish } from '../../farm/index.ts';
import { type Clock, Emitter, log, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { filmHash } from '../film/index.ts';
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
import { JobEnd } from './job-end.ts';
import { JobPicture } from './job-picture.ts';
import { stateOf, type ToldState } from './job-state.ts';
import { decodeTiles, encodeWatch, type Watch } from './messages.ts';
import { PictureWatch } from './picture-watch.ts';
import type { RenderStore } from './render-store.ts';
import { Reporter } from './reporter.ts';
import { BadSettingsError } from './settings-check.ts';

export interface RenderJobPort {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly self: NodeId;
  /** False: nobody looks at the picture here, so none is kept or asked for. Whoever leads has it all the same, for others. */
  readonly isViewer: boolean;
  deviceName(node: NodeId): string;
  /** Resolves when that Node will send what is wanted. */
  ask(coordinator: NodeId, watch: Uint8Array): Promise<unknown>;
  sendTiles(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  sendProgress(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  guides(options: GuideOptions | undefined): Promise<GuideImages>;
  wish(wish: JobWish): Promise<void>;
}

export class MeshRenderJob implements RenderJob {
  readonly id: JobId;
  readonly submitter: NodeId;
  readonly title: string;
  readonly events = new Emitter<RenderJobEvents>();
  readonly #port: RenderJobPort;
  readonly #picture: JobPicture;
  readonly #watch: PictureWatch;
  readonly #end = new JobEnd();
  #view: JobView;
  #store: RenderStore | undefined;
  #stopListening: (() => void) | undefined;
  /** While this Node coordinates. */
  #reporter: Reporter | undefined;
  #progress: JobProgress;
  #told: ToldState;
  /** All that a `state` event tells of, in one text. */
  #signs = '';
  #hash: string | undefined;
  #isHashing = false;
  /** Why this Node does not help. */
  #refusal: string | undefined;
  #trouble: string | undefined;
  #changedTiles = new Set<number>();
  /** What the coordinator was last asked for. */
  #askedForTiles = false;
  #isClosed = false;

  constructor(
    view: JobView,
    readonly spec: RenderSpec,
    port: RenderJobPort,
  ) {
    const { id, submitter, title } = view.description;
    this.id = id;
    this.submitter = submitter;
    this.title = title;
    this.#port = port;
    this.#view = view;
    this.#picture = new JobPicture(spec.settings, spec.settings);
    this.#progress = {
      samplesDone: view.doneCost,
      samplesTotal: view.totalCost,
      noise: undefined,
      tilesFinished: 0,
      samplesPerSecond: 0,
      elapsedSeconds: 0,
      etaSeconds: undefined,
      shares: [],
      active: [],
      helpers: [],
    };
    this.#told = this.#stateNow();
    this.#watch = new PictureWatch({ clock: port.clock, timers: port.timers, ask: () => this.#ask() });
  }

  get isOwn(): boolean {
    return this.submitter === this.#port.self;
  }

  get coordinator(): NodeId | undefined {
    return this.#view.isAttended ? this.#view.term.node : undefined;
  }

  get isOnlyHere(): boolean {
    const { role, standby, isAttended } = this.#view;
    if (this.#isClosed) return false;
    return role === 'coordinator' ? standby === undefined : role === 'standby' && !isAttended;
  }

  get priority(): number {
    return this.#view.control.priority;
  }

  get state(): JobState {
    return this.#told.state;
  }

  get reason(): string | undefined {
    return this.#told.reason;
  }

  get film(): FilmView {
    return this.#picture;
  }

  get progress(): JobProgress {
    return this.#progress;
  }

  get hash(): string | undefined {
    return this.#hash;
  }

  get finished(): Promise<string> {
    return this.#end.promise;
  }

  guides(options?: GuideOptions): Promise<GuideImages> {
    return this.#port.guides(options);
  }

  pause(): Promise<void> {
    return this.#port.wish({ type: 'pause' });
  }

  resume(): Promise<void> {
    return this.#port.wish({ type: 'resume' });
  }

  cancel(): Promise<void> {
    return this.#port.wish({ type: 'cancel' });
  }

  requeue(): Promise<void> {
    return this.#port.wish({ type: 'requeue' });
  }

  setPriority(priority: number): Promise<void> {
    return this.#port.wish({ type: 'priority', priority });
  }

  /** What the farm knows of the Job is another now. `store`: where this Node coordinates or keeps the second copy. */
  viewChanged(view: JobView, store: RenderStore | undefined): void {
    if (this.#isClosed) return;
    const before = this.#view;
    this.#view = view;
    if (store !== this.#store || (view.role === 'coordinator') !== (before.role === 'coordinator')) {
      this.#takeStore(store);
    }
    this.#reporter?.viewChanged();
    if (view.term.node !== before.term.node || view.isAttended !== before.isAttended) this.#watch.askNow();
    this.#changed();
  }

  /** A Node wants the picture. @throws BadSettingsError where another Node coordinates */
  watchedBy(viewer: NodeId, watch: Watch): void {
    if (!this.#reporter) throw new BadSettingsError('this render is coordinated elsewhere');
    this.#reporter.watchedBy(viewer, watch);
  }

  viewerLeft(viewer: NodeId): void {
    this.#reporter?.left(viewer);
  }

  /** This Node may have lost sight of us. undefined: any one. */
  lostSight(node: NodeId | undefined): void {
    if (node === undefined || node === this.#view.term.node) this.#watch.askNow();
  }

  tilesArrived(from: NodeId, bytes: Uint8Array): void {
    if (from !== this.#view.term.node || this.#reporter || !this.#wantsTiles()) return;
    this.#watch.heard();
    const { settings } = this.spec;
    const message = decodeTiles(bytes, this.#picture.grid, settings);
    if (message) this.#paint(() => this.#picture.receive(message.tiles, message.values));
    this.#changed();
  }

  progressArrived(from: NodeId, progress: JobProgress): void {
    if (from !== this.#view.term.node || this.#reporter) return;
    this.#watch.heard();
    this.#setProgress(progress);
  }

  /** This Node does not help; the picture comes all the same. */
  refused(reason: string): void {
    this.#refusal = reason;
    this.#changed();
  }

  /** This Node left the Network, or does not list the Job any more. What came stays to be looked at. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch.stop();
    this.#reporter?.close();
    this.#stopListening?.();
    this.#tell();
    this.#end.giveUp();
  }

  #takeStore(store: RenderStore | undefined): void {
    this.#stopListening?.();
    this.#reporter?.close();
    this.#store = store;
    const isTruth = this.#view.role === 'coordinator';
    if (this.#port.isViewer) {
      this.#stopListening = store?.events.on('tile', (tile) => {
        if (this.#picture.filmChanged(tile)) this.#show([tile]);
      });
      this.#paint(() => this.#picture.setFilm(store?.film, isTruth));
    }
    this.#reporter =
      store && isTruth
        ? new Reporter(store, this.#progress, {
            ...this.#port,
            view: () => this.#view,
            progress: (progress) => this.#setProgress(progress),
          })
        : undefined;
    if (this.#reporter) this.#progress = this.#reporter.progress;
  }

  #paint(receive: () => readonly number[]): void {
    try {
      this.#show(receive());
    } catch (error) {
      // Only memory can be missing: everything was checked before.
      log('warn', `a render's picture cannot be kept: ${messageOf(error)}`);
      this.#trouble = messageOf(error);
    }
  }

  /** The stage paints what changed since the last event, once a turn. */
  #show(tiles: readonly number[]): void {
    if (tiles.length === 0) return;
    if (this.#changedTiles.size === 0) {
      queueMicrotask(() => {
        const changed = [...this.#changedTiles];
        this.#changedTiles.clear();
        this.events.emit('tiles', changed);
        this.#changed();
      });
    }
    for (const tile of tiles) this.#changedTiles.add(tile);
  }

  #setProgress(progress: JobProgress): void {
    this.#progress = progress;
    this.events.emit('progress', progress);
    this.#changed();
  }

  /** The picture is not here by itself. */
  #wantsTiles(): boolean {
    if (!this.#port.isViewer) return false;
    if (!this.#picture.isOwn) return true;
    // The second copy is not needed any more once the Job is over, but this stage needs the end of the picture.
    return this.#view.control.phase === 'done' && !this.#picture.isComplete;
  }

  /** All that this stage wants of a render that is done. */
  get #hasEnd(): boolean {
    return this.#hash !== undefined || (!this.#port.isViewer && this.#view.control.phase === 'done');
  }

  #ask(): Promise<unknown> | undefined {
    const { isAttended, term } = this.#view;
    if (!isAttended || term.node === this.#port.self) return undefined;
    this.#askedForTiles = this.#wantsTiles();
    const watch = encodeWatch(this.id, this.#askedForTiles ? this.#picture.tileSamples : undefined);
    return this.#port.ask(term.node, watch);
  }

  /** Anything may have changed: does what follows from it. */
  #changed(): void {
    if (this.#isClosed) return;
    const { phase } = this.#view.control;
    if (phase === 'done' && this.#picture.isComplete) void this.#hashPicture();
    const needsNews = !this.#reporter && phase !== 'cancelled' && phase !== 'failed' && !this.#hasEnd;
    if (!needsNews) this.#watch.stop();
    else if (!this.#watch.isRunning) this.#watch.start();
    else if (this.#askedForTiles !== this.#wantsTiles()) this.#watch.askNow();
    this.#tell();
  }

  async #hashPicture(): Promise<void> {
    if (this.#isHashing || this.#hash !== undefined || this.#trouble !== undefined) return;
    this.#isHashing = true;
    try {
      this.#hash = await filmHash(this.#picture);
      this.#completeProgress();
    } catch (error) {
      this.#trouble = `the finished picture could not be hashed: ${messageOf(error)}`;
    } finally {
      this.#isHashing = false;
    }
    this.#changed();
  }

  /** A picture that is whole says itself how much it took: the last report may come later, or never. */
  #completeProgress(): void {
    if (this.#reporter) return;
    const { totals } = this.#picture;
    const rest = { samplesTotal: totals.samplesDone, etaSeconds: 0, active: [] };
    this.#setProgress({ ...this.#progress, ...totals, ...rest });
  }

  #stateNow(): ToldState {
    const { samplesDone, helpers } = this.#progress;
    const told = stateOf(this.#view, {
      isHashed: this.#hasEnd,
      hasBegun: samplesDone > 0 || (this.#store?.doneCost ?? 0) > 0,
      helpers,
      trouble: this.#trouble,
      hasLeft: this.#isClosed,
    });
    return { state: told.state, reason: told.reason ?? this.#trouble ?? this.#refusal };
  }

  /** Says so where people would see a difference. */
  #tell(): void {
    const before = this.#signs;
    this.#told = this.#stateNow();
    this.#signs = [this.state, this.reason, this.coordinator, this.priority, this.isOnlyHere].join('\n');
    this.#end.follow(this.#told, this.#hash);
    if (this.#signs !== before) this.events.emit('state', this.state);
  }
}
