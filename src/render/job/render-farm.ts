/**
 * Rendering on the mesh, put together: submits renders, shows those of everyone, and lends this machine's workers to all of them.
 * What the page and the terminal talk to.
 */
import { deviceInfoOf, type Farm, type JobId, type JobView, MAX_TITLE } from '../../farm/index.ts';
import type { MeshNode, MeshStream } from '../../mesh/index.ts';
import { type Clock, Emitter, log, messageOf, type Timers } from '../../runtime/index.ts';
import type { BlobHash, BlobService } from '../../services/blobs/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { blockPlan, inMemory, type SetAside } from '../film/index.ts';
import { encodedScene, type ReadSource, readSource } from '../scene/index.ts';
import { frameCount, type RenderSpec } from '../settings.ts';
import { isFinal, RENDER_KIND, type RenderFarm, type RenderJob, type RenderRequest } from './contract.ts';
import { surplus } from './ended-renders.ts';
import { readFrames } from './frames-check.ts';
import { GuideDesk } from './guide-desk.ts';
import { renderKind } from './kind.ts';
import {
  decodeJobId,
  decodeProgress,
  decodeWatch,
  PROGRESS,
  RENDER,
  RENDER_TILES,
  TILES,
  WATCH,
} from './messages.ts';
import type { RenderPool } from './pool.ts';
import { PREVIEWS } from './preview-tiles.ts';
import { ReadScenes } from './read-scenes.ts';
import { MeshRenderJob } from './render-job.ts';
import { RenderStore } from './render-store.ts';
import { SceneKeeper } from './scene-keeper.ts';
import { BadSettingsError, readSettings } from './settings-check.ts';
import { decodeSpec, encodeSpec } from './spec.ts';
import { lendWorkers } from './worker-count.ts';

export interface RenderFarmDependencies {
  readonly node: MeshNode;
  /** Its maker's to close, after the render farm. */
  readonly farm: Farm;
  readonly blobs: BlobService;
  /** Its size is set by `setWorkerCount`. */
  readonly pool: RenderPool;
  readonly clock: Clock;
  readonly timers: Timers;
  /** SHA-256 (hex) of the kernel that the pool's workers run. */
  readonly kernelHash: string;
  /** How scenes that others opened are read. Default: here, which stops everything else for seconds. */
  readonly readSource?: ReadSource;
  /** Default true. False for a worker without a window: renders have neither film nor hash here, and `finished` is open when they are done. */
  readonly isViewer?: boolean;
  /** Where finished frames lie that nobody looks at now. Default: in memory, which an animation may fill. */
  readonly setAside?: SetAside;
}

/** Ended renders whose picture is kept, to look at and for those who come late. */
const MAX_ENDED = 12;
/** A coordinator that takes longer to answer stands still; it is asked again. */
const WATCH_TIMEOUT_MS = 3_000;
/** A viewer that takes nothing for so long is tried again. */
const FEED_TIMEOUT_MS = 10_000;

/** Takes part in the renders of a mesh; once a mesh. */
export function createRenderFarm(dependencies: RenderFarmDependencies): RenderFarm {
  return new MeshRenderFarm(dependencies);
}

class MeshRenderFarm implements RenderFarm {
  readonly events = new Emitter<{ jobsChanged: undefined }>();
  readonly #dependencies: RenderFarmDependencies;
  readonly #node: MeshNode;
  readonly #farm: Farm;
  readonly #known = new Map<JobId, MeshRenderJob>();
  /** Renders that cannot be shown: of each that is said once, however often it changes. */
  readonly #unreadable = new Set<JobId>();
  readonly #steering: MeshStream;
  readonly #tiles: MeshStream;
  readonly #unsubscribe: (() => void)[];
  readonly #guides: GuideDesk;
  readonly #kept: SceneKeeper;
  readonly #scenes: ReadScenes;
  readonly #setAside: SetAside;
  #jobs: readonly RenderJob[] = [];
  #isClosed = false;

  constructor(dependencies: RenderFarmDependencies) {
    this.#dependencies = dependencies;
    const { node, farm, blobs, pool, timers } = dependencies;
    this.#node = node;
    this.#steering = node.stream(RENDER);
    this.#tiles = node.stream(RENDER_TILES, { lane: 'bulk' });
    this.#scenes = new ReadScenes({ read: dependencies.readSource ?? readSource, timers });
    this.#guides = new GuideDesk(blobs, this.#scenes, pool.another());
    this.#kept = new SceneKeeper(blobs);
    this.#setAside = dependencies.setAside ?? inMemory;
    const opened = ({ id }: { readonly id: JobId }): void => {
      const job = this.#known.get(id);
      if (!job) return;
      this.#kept.keep(id, job.spec);
      job.takesPart();
    };
    this.#farm = farm;
    farm.register(renderKind({ ...dependencies, setAside: this.#setAside, scenes: this.#scenes, opened }));
    this.#unsubscribe = [
      this.#farm.events.on('changed', ({ id }) => this.#changed(id)),
      this.#farm.events.on('removed', ({ id }) => this.#drop([id])),
      this.#farm.events.on('refused', ({ id, reason }) => {
        // The refusal may come before the end of the turn in which the Job became known.
        this.#changed(id);
        this.#known.get(id)?.refused(reason);
      }),
      this.#steering.serve(WATCH, ({ from, body }) => {
        const watch = decodeWatch(body);
        const job = watch && this.#known.get(watch.id);
        if (!job) throw new BadSettingsError('this render is not here any more');
        job.watchedBy(from, watch);
        return new Uint8Array();
      }),
      ...[TILES, PREVIEWS].map((name) =>
        this.#tiles.receive(name, ({ from, body }) => {
          const id = decodeJobId(body);
          if (id) this.#known.get(id)?.tilesArrived(from, body, name === PREVIEWS);
        }),
      ),
      this.#steering.receive(PROGRESS, ({ from, body }) => {
        const message = decodeProgress(body);
        if (message) this.#known.get(message.id)?.progressArrived(from, message.progress);
      }),
      node.events.on('left', ({ id }) => {
        for (const job of this.#known.values()) job.viewerLeft(id);
      }),
      node.events.on('joined', ({ id }) => {
        for (const job of this.#known.values()) job.lostSight(id);
      }),
      node.events.on('away', () => {
        for (const job of this.#known.values()) job.lostSight(undefined);
      }),
    ];
    for (const { description } of this.#farm.jobs()) this.#changed(description.id);
  }

  get jobs(): readonly RenderJob[] {
    return this.#jobs;
  }

  get workerCount(): number {
    return this.#dependencies.pool.size;
  }

  setWorkerCount(count: number): void {
    if (!this.#isClosed) lendWorkers(this.#dependencies, count);
  }

  async submit(request: RenderRequest): Promise<RenderJob> {
    const { blobs, kernelHash } = this.#dependencies;
    const { title, scene, source, environmentMap } = request;
    const checked = readSettings(request.settings);
    const frames = request.frames && readFrames(request.frames, checked);
    if (frames && !source) throw new BadSettingsError('an animation needs the files of its scene');
    if (typeof checked.camera === 'number' && !scene.cameras[checked.camera]) {
      throw new BadSettingsError(`the scene has no camera ${checked.camera}; it has ${scene.cameras.length}`);
    }
    const isMap = checked.environment.kind !== 'colour';
    if (isMap && !environmentMap) throw new BadSettingsError("the environment's map is missing");
    const encoded = await encodedScene(scene);
    const brought = source?.files ?? encoded.bytes;
    const mapBytes = isMap ? environmentMap : undefined;
    const broughtHash = await blobs.put(brought);
    const mapHash = mapBytes && (await blobs.put(mapBytes));
    const spec: RenderSpec = {
      settings: checked,
      // Without its files it is the Blob that travels; else a name of what they are read to.
      scene: source ? (encoded.hash as BlobHash) : broughtHash,
      ...(source && { source: { files: broughtHash, reading: source.reading } }),
      ...(frames && { frames }),
      environmentMap: mapHash,
      kernel: kernelHash,
    };
    const { width, height, samples, noise } = checked;
    const { taskCount } = blockPlan(width, height, samples, { frames: frameCount(spec), noise });
    this.#scenes.put(spec, encoded.bytes);
    try {
      const sizes = { sceneBytes: brought.length, environmentBytes: mapBytes?.length };
      const id = this.#farm.submit({
        kind: RENDER_KIND,
        title: title.slice(0, MAX_TITLE),
        taskCount,
        spec: encodeSpec({ spec, ...sizes }),
      });
      this.#changed(id);
      const job = this.#known.get(id);
      if (!job) throw new BadSettingsError('the render ended before it began; try again');
      this.#kept.keep(id, spec);
      return job;
    } finally {
      // The Job holds them now, or nobody does.
      blobs.release(broughtHash);
      if (mapHash) blobs.release(mapHash);
      this.#scenes.release(spec);
    }
  }

  remove(id: JobId): void {
    this.#drop([id]);
    this.#farm.forget(id);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const off of this.#unsubscribe) off();
    for (const job of this.#known.values()) job.close();
    this.#steering.close();
    this.#tiles.close();
    this.#guides.close();
    this.#scenes.close();
    this.#dependencies.pool.close();
    this.events.clear();
  }

  #changed(id: JobId): void {
    const view = this.#farm.view(id);
    if (!view || view.description.kind !== RENDER_KIND || this.#isClosed) return;
    if (this.#unreadable.has(id)) return;
    const known = this.#known.get(id);
    const job = known ?? this.#jobOf(view);
    if (!job) return;
    const store = this.#farm.store(id);
    job.viewChanged(view, store instanceof RenderStore ? store : undefined);
    const { phase } = view.control;
    if (phase === 'running' || phase === 'paused') this.#kept.keep(id, job.spec);
    else this.#kept.letGo(id);
    if (!known) this.#list(job, view);
  }

  #jobOf(view: JobView): MeshRenderJob | undefined {
    const { id, spec: bytes, submitter } = view.description;
    try {
      const { spec } = decodeSpec(bytes);
      return new MeshRenderJob(view, spec, {
        clock: this.#dependencies.clock,
        timers: this.#dependencies.timers,
        self: this.#node.id,
        isViewer: this.#dependencies.isViewer ?? true,
        setAside: this.#setAside,
        deviceName: (node) => this.#deviceName(id, node),
        others: () => this.#node.members().flatMap((member) => (member.isSelf ? [] : [member.id])),
        ask: (node, watch) => this.#steering.request(node, WATCH, watch, { timeoutMs: WATCH_TIMEOUT_MS }),
        sendTiles: (viewer, bytes) => this.#tiles.send(viewer, TILES, bytes, { timeoutMs: FEED_TIMEOUT_MS }),
        sendPreviews: (viewer, bytes) =>
          this.#tiles.send(viewer, PREVIEWS, bytes, { timeoutMs: FEED_TIMEOUT_MS }),
        sendProgress: (viewer, bytes) =>
          this.#steering.send(viewer, PROGRESS, bytes, { timeoutMs: FEED_TIMEOUT_MS, isAwaited: false }),
        guides: (options) => this.#guides.make(spec, options),
        wish: (wish) => this.#farm.wish(id, wish),
      });
    } catch (error) {
      this.#unreadable.add(id);
      log('warn', `a render of node ${submitter.slice(0, 8)} cannot be shown: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Newest first; of many ended ones some are forgotten. */
  #list(job: MeshRenderJob, { description }: JobView): void {
    this.#known.set(job.id, job);
    const isNewer = ({ id }: RenderJob): boolean =>
      (this.#farm.view(id)?.description.submittedAtMs ?? 0) > description.submittedAtMs;
    const place = this.#jobs.findLastIndex(isNewer) + 1;
    this.#jobs = this.#jobs.toSpliced(place, 0, job);
    const ended = this.#jobs.filter((one) => one !== job && isFinal(one.state));
    const gone = surplus(ended, MAX_ENDED);
    for (const { id } of gone) this.#farm.forget(id);
    this.#drop(gone.map(({ id }) => id));
    this.events.emit('jobsChanged', undefined);
  }

  #drop(ids: readonly JobId[]): void {
    const before = this.#jobs;
    this.#jobs = before.filter(({ id }) => !ids.includes(id));
    for (const id of ids) {
      this.#known.get(id)?.close();
      this.#known.delete(id);
      this.#unreadable.delete(id);
      this.#kept.letGo(id);
    }
    if (this.#jobs.length < before.length) this.events.emit('jobsChanged', undefined);
  }

  /** Of members, and of those who left as the Job's log has it, also where another led while they were here. */
  #deviceName(id: JobId, node: NodeId): string {
    const member = this.#node.members().find((one) => one.id === node);
    if (member) return deviceInfoOf(member.attributes).name;
    const work = this.#farm.view(id)?.log.flatMap((section) => section.work) ?? [];
    return work.findLast((one) => one.node === node && one.name !== '')?.name ?? 'A device that left';
  }
}
