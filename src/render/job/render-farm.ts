/**
 * Rendering on the mesh, put together: submits own renders, shows those of others, and lends this machine's workers to all
 * of them. What the page and the terminal talk to.
 */
import {
  deviceAttributes,
  deviceInfoOf,
  Farm,
  type JobId,
  type JobOffer,
  type JobStatus,
} from '../../farm/index.ts';
import type { MeshNode, MeshStream } from '../../mesh/index.ts';
import { type Clock, Emitter, log, messageOf, type Random, type Timers } from '../../runtime/index.ts';
import type { BlobService } from '../../services/blobs/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { blockPlan } from '../film/index.ts';
import { encodeEnvironment, encodeScene } from '../scene/index.ts';
import type { RenderSpec } from '../settings.ts';
import type { RenderFarm, RenderJob, RenderRequest } from './contract.ts';
import { GuideDesk } from './guide-desk.ts';
import { isFinal } from './job-base.ts';
import { RENDER_KIND, renderKind } from './kind.ts';
import {
  decodeJobId,
  decodeProgress,
  decodeWatch,
  encodeWatch,
  PROGRESS,
  RENDER,
  RENDER_TILES,
  TILES,
  WATCH,
} from './messages.ts';
import { OwnedRender } from './owned-render.ts';
import { PictureWatch } from './picture-watch.ts';
import type { RenderPool } from './pool.ts';
import { RemoteRender } from './remote-render.ts';
import { RenderSource } from './render-source.ts';
import { BadSettingsError, readSettings } from './settings-check.ts';
import { decodeSpec, encodeSpec } from './spec.ts';

export interface RenderFarmDependencies {
  readonly node: MeshNode;
  readonly blobs: BlobService;
  /** Its size is set by `setWorkerCount`. */
  readonly pool: RenderPool;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** SHA-256 (hex) of the kernel that the pool's workers run. */
  readonly kernelHash: string;
}

/** Ended renders whose picture is kept, to look at and for those who come late. */
const MAX_ENDED = 12;
/** An owner that takes longer to answer stands still; it is asked again. */
const WATCH_TIMEOUT_MS = 3_000;
/** A viewer that takes nothing for so long is tried again. */
const FEED_TIMEOUT_MS = 10_000;

export function createRenderFarm(dependencies: RenderFarmDependencies): RenderFarm {
  return new MeshRenderFarm(dependencies);
}

class MeshRenderFarm implements RenderFarm {
  readonly events = new Emitter<{ jobsChanged: undefined; workersChanged: undefined }>();
  readonly #dependencies: RenderFarmDependencies;
  readonly #node: MeshNode;
  readonly #farm: Farm;
  readonly #owned = new Map<JobId, OwnedRender>();
  readonly #remote = new Map<JobId, RemoteRender>();
  /** One a running render of another tab. */
  readonly #watches = new Map<JobId, PictureWatch>();
  readonly #steering: MeshStream;
  readonly #tiles: MeshStream;
  readonly #names = new Map<NodeId, string>();
  readonly #unsubscribe: (() => void)[];
  readonly #guides: GuideDesk;
  #jobs: readonly RenderJob[] = [];
  #isClosed = false;

  constructor(dependencies: RenderFarmDependencies) {
    this.#dependencies = dependencies;
    const { node } = dependencies;
    this.#node = node;
    this.#steering = node.stream(RENDER);
    this.#tiles = node.stream(RENDER_TILES, { lane: 'bulk' });
    this.#guides = new GuideDesk(dependencies.blobs, dependencies.pool.another());
    this.#farm = new Farm({ ...dependencies, kinds: [renderKind(dependencies)] });
    this.#unsubscribe = [
      this.#farm.events.on('offered', ({ offer, status }) => this.#offered(offer, status)),
      this.#farm.events.on('refused', ({ id, reason }) => this.#remote.get(id)?.refused(reason)),
      this.#farm.events.on('ended', ({ id, status, isOrphaned }) => {
        const remote = this.#remote.get(id);
        void this.#owned.get(id)?.ended(status);
        if (isOrphaned) remote?.orphaned();
        else remote?.ended(status);
      }),
      this.#steering.serve(WATCH, ({ from, body }) => {
        const wish = decodeWatch(body);
        const job = wish && this.#owned.get(wish.id);
        if (!job) throw new BadSettingsError('this render is not here any more');
        job.watchedBy(from, wish.samplesOf);
        return new Uint8Array();
      }),
      this.#tiles.receive(TILES, ({ from, body }) => {
        const id = decodeJobId(body);
        const job = id && this.#remote.get(id);
        if (job?.owner !== from) return;
        this.#watches.get(job.id)?.heard();
        job.tilesArrived(body);
      }),
      this.#steering.receive(PROGRESS, ({ from, body }) => {
        const message = decodeProgress(body);
        const job = message && this.#remote.get(message.id);
        if (!message || job?.owner !== from) return;
        this.#watches.get(job.id)?.heard();
        job.progressArrived(message.progress);
      }),
      node.events.on('left', ({ id }) => {
        for (const job of this.#owned.values()) job.left(id);
      }),
      node.events.on('joined', ({ id }) => this.#watchAgain(id)),
      node.events.on('away', () => this.#watchAgain(undefined)),
    ];
  }

  get jobs(): readonly RenderJob[] {
    return this.#jobs;
  }

  get workerCount(): number {
    return this.#dependencies.pool.size;
  }

  setWorkerCount(count: number): void {
    const { pool } = this.#dependencies;
    if (this.#isClosed || count === pool.size) return;
    // More: slots before the workers that take them. Fewer: the other way round.
    if (count > pool.size) pool.setSize(count);
    this.#farm.setWorkers(count);
    pool.setSize(count);
    this.#node.setAttributes(deviceAttributes({ workers: count }));
    this.events.emit('workersChanged', undefined);
  }

  async submit({ title, scene, environmentMap, settings }: RenderRequest): Promise<RenderJob> {
    const { blobs, kernelHash } = this.#dependencies;
    const checked = readSettings(settings);
    if (typeof checked.camera === 'number' && !scene.cameras[checked.camera]) {
      throw new BadSettingsError(`the scene has no camera ${checked.camera}; it has ${scene.cameras.length}`);
    }
    const isMap = checked.environment.kind !== 'colour';
    if (isMap && !environmentMap) throw new BadSettingsError("the environment's map is missing");
    const plan = blockPlan(checked.width, checked.height, checked.samples);
    const sceneBytes = encodeScene(scene);
    const mapBytes = isMap && environmentMap ? encodeEnvironment(environmentMap) : undefined;
    const sceneHash = await blobs.put(sceneBytes);
    const mapHash = mapBytes && (await blobs.put(mapBytes));
    const spec: RenderSpec = {
      settings: checked,
      scene: sceneHash,
      environmentMap: mapHash,
      kernel: kernelHash,
    };
    try {
      let render: OwnedRender | undefined;
      const sizes = { sceneBytes: sceneBytes.length, environmentBytes: mapBytes?.length };
      const source = new RenderSource(plan, checked, encodeSpec({ title, spec, ...sizes }), {
        contributed: (node, samples) => render?.contributed(node, samples),
        folded: (tile) => render?.folded(tile),
      });
      const job = this.#farm.submit(source);
      render = new OwnedRender(
        { owner: this.#node.id, title, spec, plan, source, job },
        {
          clock: this.#dependencies.clock,
          timers: this.#dependencies.timers,
          deviceName: (node) => this.#deviceName(node),
          sendTiles: (viewer, bytes) =>
            this.#tiles.send(viewer, TILES, bytes, { timeoutMs: FEED_TIMEOUT_MS }),
          sendProgress: (viewer, bytes) =>
            this.#steering.send(viewer, PROGRESS, bytes, { timeoutMs: FEED_TIMEOUT_MS }),
          guides: (options) => this.#guides.make(spec, options),
          cancel: () => this.#farm.cancel(job.id),
        },
      );
      this.#owned.set(job.id, render);
      const release = (): void => {
        blobs.release(sceneHash);
        if (mapHash) blobs.release(mapHash);
      };
      render.finished.then(release, release);
      this.#listed(render);
      return render;
    } catch (error) {
      blobs.release(sceneHash);
      if (mapHash) blobs.release(mapHash);
      throw error;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const off of this.#unsubscribe) off();
    this.#farm.close();
    for (const job of this.#owned.values()) job.close();
    for (const job of this.#remote.values()) job.orphaned();
    for (const watch of this.#watches.values()) watch.stop();
    this.#steering.close();
    this.#tiles.close();
    this.#guides.close();
    this.#dependencies.pool.close();
    this.events.clear();
  }

  #offered(offer: JobOffer, status: JobStatus): void {
    if (offer.kind !== RENDER_KIND) return;
    let job: RemoteRender;
    try {
      const titled = decodeSpec(offer.spec);
      job = new RemoteRender(offer, titled, {
        guides: (options) => this.#guides.make(titled.spec, options),
        cancel: () => this.#farm.cancel(offer.id),
      });
    } catch (error) {
      log('warn', `a render of node ${offer.owner.slice(0, 8)} cannot be shown: ${messageOf(error)}`);
      return;
    }
    this.#remote.set(offer.id, job);
    this.#listed(job);
    if (status.phase !== 'running') job.ended(status);
    this.#watch(job);
  }

  /** Sees to it that the owner sends the picture. */
  #watch(job: RemoteRender): void {
    const { clock, timers } = this.#dependencies;
    this.#watches.get(job.id)?.stop();
    const watch = new PictureWatch({
      clock,
      timers,
      ask: () =>
        this.#steering.request(job.owner, WATCH, encodeWatch(job.id, job.film.tileSamples), {
          timeoutMs: WATCH_TIMEOUT_MS,
        }),
      isOver: () => this.#isClosed || isFinal(job.state) || this.#remote.get(job.id) !== job,
      gaveUp: (reason) => job.ended({ phase: 'failed', reason }),
    });
    this.#watches.set(job.id, watch);
  }

  /** This owner, or any one, may have lost sight of us. */
  #watchAgain(owner: NodeId | undefined): void {
    for (const [id, watch] of this.#watches) {
      if (owner === undefined || this.#remote.get(id)?.owner === owner) watch.askNow();
    }
  }

  #listed(job: RenderJob): void {
    const others = this.#jobs.filter(({ id }) => id !== job.id);
    const ended = others.filter(({ state }) => isFinal(state)).slice(MAX_ENDED);
    for (const { id } of ended) {
      this.#owned.get(id)?.close();
      this.#owned.delete(id);
      this.#remote.delete(id);
      this.#watches.get(id)?.stop();
      this.#watches.delete(id);
      this.#farm.forget(id);
    }
    this.#jobs = [job, ...others.filter((other) => !ended.includes(other))];
    this.events.emit('jobsChanged', undefined);
  }

  /** Of members, and of those who have left. */
  #deviceName(node: NodeId): string {
    const member = this.#node.members().find(({ id }) => id === node);
    if (member) this.#names.set(node, deviceInfoOf(member.attributes).deviceName);
    return this.#names.get(node) ?? node.slice(0, 8);
  }
}
