/**
 * A render as this Node sees it, whoever asked for it and whoever coordinates it. What it is and where it stands comes from the farm;
 * the picture from the own store where this Node has one, else from the coordinator, which is asked anew when it is another one. It
 * is done when the farm says so and every Tile is here in its final state; then this Node hashes what it has itself.
 */
import type { JobId, JobView, JobWish, Liar } from '../../farm/index.ts';
import { type Clock, Emitter, log, messageOf, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { SetAside } from '../film/index.ts';
import { frameCount, type RenderSpec } from '../settings.ts';
import type {
  FrameView,
  GuideImages,
  GuideOptions,
  JobProgress,
  JobState,
  RenderJob,
  RenderJobEvents,
} from './contract.ts';
import { FrameNames } from './frame-names.ts';
import { JobEnd } from './job-end.ts';
import { JobPicture } from './job-picture.ts';
import { isOnlyHere, stateOf, type ToldState } from './job-state.ts';
import { decodeTiles, encodeProgress, encodeWatch, type Watch } from './messages.ts';
import { PictureSource } from './picture-source.ts';
import { decodePreviews } from './preview-tiles.ts';
import type { RenderStore } from './render-store.ts';
import { noProgress, Reporter } from './reporter.ts';
import { BadSettingsError } from './settings-check.ts';
import { TurnBatch } from './turn-batch.ts';
import { finishedFeed, type ViewerFeed } from './viewer-feed.ts';
import { WishedJob } from './wished-job.ts';

export interface RenderJobPort {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly self: NodeId;
  /** False: nobody looks at the picture here, so none is kept or asked for. Whoever leads has it all the same, for others. */
  readonly isViewer: boolean;
  /** Where finished frames lie that nobody looks at now. */
  readonly setAside: SetAside;
  deviceName(node: NodeId): string;
  /** Every other Node in reach. */
  others(): readonly NodeId[];
  /** Resolves when that Node will send what is wanted. */
  ask(node: NodeId, watch: Uint8Array): Promise<unknown>;
  sendTiles(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  sendPreviews(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  sendProgress(viewer: NodeId, bytes: Uint8Array): Promise<void>;
  guides(options: GuideOptions | undefined): Promise<GuideImages>;
  wish(wish: JobWish): Promise<void>;
}

export class MeshRenderJob extends WishedJob implements RenderJob {
  readonly id: JobId;
  readonly submitter: NodeId;
  readonly title: string;
  readonly events = new Emitter<RenderJobEvents>();
  readonly #port: RenderJobPort;
  readonly #picture: JobPicture;
  readonly #source: PictureSource;
  readonly #end = new JobEnd();
  #view: JobView;
  #store: RenderStore | undefined;
  #stopListening: (() => void) | undefined;
  /** While this Node coordinates. */
  #reporter: Reporter | undefined;
  /** For those who come when the render is over and its results are gone, while the picture is here. */
  #memento: ViewerFeed | undefined;
  #progress: JobProgress;
  #told: ToldState;
  /** All that a `state` event tells of, in one text. */
  #signs = '';
  readonly #names: FrameNames;
  #hash: string | undefined;
  #isHashing = false;
  /** Why this Node does not help. */
  #refusal: string | undefined;
  #trouble: string | undefined;
  /** The stage paints what changed since the last event, once a turn. */
  readonly #changedTiles = new TurnBatch((tiles) => {
    this.events.emit('tiles', tiles);
    this.#names.changed(tiles);
    this.#changed();
  });
  #isClosed = false;

  constructor(
    view: JobView,
    readonly spec: RenderSpec,
    port: RenderJobPort,
  ) {
    super(port.wish);
    const { id, submitter, title } = view.description;
    this.id = id;
    this.submitter = submitter;
    this.title = title;
    this.#port = port;
    this.#view = view;
    this.#picture = new JobPicture(spec.settings, {
      ...{ frames: frameCount(spec), goal: spec.settings, setAside: port.setAside },
    });
    this.#names = new FrameNames(this.#picture, (frame) => this.events.emit('frame', frame));
    this.#progress = noProgress(view);
    this.#source = new PictureSource({
      ...port,
      candidates: () => this.#candidates(),
      wantsTiles: () => this.#wantsTiles(),
      ask: (node, wantsTiles) =>
        port.ask(node, encodeWatch(this.id, wantsTiles ? this.#picture.held : undefined)),
      failed: () => this.#tell(),
    });
    this.#told = this.#stateNow();
  }

  get isOwn(): boolean {
    return this.submitter === this.#port.self;
  }

  get coordinator(): NodeId | undefined {
    return this.#view.isAttended ? this.#view.term.node : undefined;
  }

  get isOnlyHere(): boolean {
    if (this.#isClosed) return false;
    return isOnlyHere(this.#view, this.#port.self);
  }

  get priority(): number {
    return this.#view.control.priority;
  }

  get liars(): readonly Liar[] {
    return this.#view.liars;
  }

  get state(): JobState {
    return this.#told.state;
  }

  get reason(): string | undefined {
    return this.#told.reason;
  }

  get frames(): readonly FrameView[] {
    return this.#picture.frames;
  }

  get film(): FrameView {
    const [first] = this.#picture.frames;
    if (!first) throw new RangeError('a render has one frame at least');
    return first;
  }

  frameHash(frame: number): string | undefined {
    return this.#names.get(frame);
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

  /** What the farm knows of the Job is another now. `store`: where this Node coordinates or keeps the second copy. */
  viewChanged(view: JobView, store: RenderStore | undefined): void {
    if (this.#isClosed) return;
    const before = this.#view;
    this.#view = view;
    if (store !== this.#store || (view.role === 'coordinator') !== (before.role === 'coordinator')) {
      this.#takeStore(store);
    }
    this.#reporter?.viewChanged();
    if (view.term.node !== before.term.node || view.isAttended !== before.isAttended)
      this.#source.lostSight(undefined);
    this.#changed();
  }

  /** A Node wants the picture. @throws BadSettingsError where another Node coordinates */
  watchedBy(viewer: NodeId, watch: Watch): void {
    if (this.#hash !== undefined) {
      this.#memento ??= finishedFeed(this.id, this.#picture, this.spec.settings, this.#port);
      this.#memento.add(viewer, watch.samplesOf, encodeProgress(this.id, this.#progress));
    } else if (this.#reporter) this.#reporter.watchedBy(viewer, watch);
    else throw new BadSettingsError('this render is coordinated elsewhere');
  }

  viewerLeft(viewer: NodeId): void {
    this.#reporter?.left(viewer);
    this.#memento?.remove(viewer);
  }

  /** This Node may have lost sight of us. undefined: any one. */
  lostSight(node: NodeId | undefined): void {
    this.#source.lostSight(node);
  }

  /** `isPreview`: of Tiles that are not finished, as good as one can see. */
  tilesArrived(from: NodeId, bytes: Uint8Array, isPreview = false): void {
    if (this.#reporter || !this.#wantsTiles() || !this.#source.hears(from)) return;
    const { settings } = this.spec;
    const decode = isPreview ? decodePreviews : decodeTiles;
    const message = decode(bytes, this.#picture.grid, settings, this.#picture.frameCount);
    if (message) this.#paint(() => this.#picture.receive(message.tiles, message.values, isPreview));
    this.#changed();
  }

  progressArrived(from: NodeId, progress: JobProgress): void {
    if (this.#reporter || this.#hash !== undefined || !this.#source.hears(from)) return;
    this.#setProgress(progress);
  }

  /** This Node does not help; the picture comes all the same. */
  refused(reason: string): void {
    this.#refusal = reason;
    this.#changed();
  }

  /** It has the scene, whatever kept it from it before. */
  takesPart(): void {
    this.#refusal = undefined;
    this.#changed();
  }

  /** This Node left the Network, or does not list the Job any more. What came stays to be looked at. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#source.follow(false);
    this.#reporter?.close();
    this.#memento?.close();
    this.#stopListening?.();
    this.#tell();
    this.#end.giveUp();
  }

  #takeStore(store: RenderStore | undefined): void {
    this.#stopListening?.();
    this.#reporter?.close();
    this.#store = store;
    // Once it is done whoever has more is right.
    const { role, control } = this.#view;
    const isTruth = store !== undefined && role === 'coordinator' && control.phase !== 'done';
    if (this.#port.isViewer) {
      this.#stopListening = store?.events.on('part', (part) => {
        if (this.#picture.reelChanged(part)) this.#changedTiles.add([part]);
      });
      this.#paint(() => this.#picture.setReel(store?.reel, isTruth));
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
      this.#changedTiles.add(receive());
    } catch (error) {
      // Only memory can be missing: everything was checked before.
      log('warn', `a render's picture cannot be kept: ${messageOf(error)}`);
      this.#trouble = messageOf(error);
    }
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

  /** While it is rendered only the coordinator knows; afterwards everyone may have the whole picture. */
  #candidates(): readonly NodeId[] {
    const leader = this.coordinator === undefined ? [] : [this.coordinator];
    const others = this.#view.control.phase === 'done' ? this.#port.others() : [];
    return [...new Set([...leader, ...others])].filter((node) => node !== this.#port.self);
  }

  /** Anything may have changed: does what follows from it. */
  #changed(): void {
    if (this.#isClosed) return;
    const { phase } = this.#view.control;
    if (phase === 'done' && this.#picture.isComplete) void this.#hashPicture();
    this.#source.follow(!this.#reporter && phase !== 'cancelled' && phase !== 'failed' && !this.#hasEnd);
    this.#tell();
  }

  async #hashPicture(): Promise<void> {
    if (this.#isHashing || this.#hash !== undefined || this.#trouble !== undefined) return;
    this.#isHashing = true;
    try {
      this.#hash = await this.#names.whole();
      // A picture that is whole says itself how much it took: the last report may come later, or never.
      const { totals } = this.#picture;
      const rest = { samplesTotal: totals.samplesDone, etaSeconds: 0, active: [] };
      this.#setProgress({ ...this.#progress, ...totals, ...rest });
    } catch (error) {
      this.#trouble = `the finished picture could not be hashed: ${messageOf(error)}`;
    } finally {
      this.#isHashing = false;
    }
    this.#changed();
  }

  #stateNow(): ToldState {
    const { samplesDone, helpers } = this.#progress;
    const told = stateOf(this.#view, {
      isHashed: this.#hasEnd,
      isNowhere: this.#source.isNowhere,
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
    const { state, reason, coordinator, priority, isOnlyHere } = this;
    const wrong = this.liars.map(({ node, withdrawnCost }) => `${node} ${withdrawnCost}`);
    this.#signs = [state, reason, coordinator, priority, isOnlyHere, ...wrong].join('\n');
    this.#end.follow(this.#told, this.#hash);
    if (this.#signs !== before) this.events.emit('state', this.state);
  }
}
