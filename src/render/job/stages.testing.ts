/** For tests: stages of one render, with roles that are given by hand. */
import type { JobControl, JobRole, JobView } from '../../farm/index.ts';
import { type Clock, seededRandom, type Timers } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { blockPlan, inMemory } from '../film/index.ts';
import { DEFAULT_SETTINGS, type RenderSpec } from '../settings.ts';
import type { JobId } from './contract.ts';
import { decodeProgress, decodeWatch } from './messages.ts';
import { MeshRenderJob } from './render-job.ts';
import type { RenderStore } from './render-store.ts';

export const settings = { ...DEFAULT_SETTINGS, width: 100, height: 70, samples: 20 };
export const plan = blockPlan(100, 70, settings.samples);
const spec = { settings } as unknown as RenderSpec;
export const random = seededRandom(1);
export const ID = '0'.repeat(32) as JobId;

/** Adds Tasks of the plan to a store, as if that Node had done them. */
export function render(store: RenderStore, by: NodeId, from = 0, to = plan.taskCount): void {
  for (let task = from; task < to; task++) {
    store.accept(task, sumsOf(task), { node: by, index: 0 });
  }
}

export function sumsOf(task: number): Uint8Array {
  const { width, height } = plan.block(task);
  const sums = Float32Array.from({ length: width * height * 3 }, (_, i) => (task + 1) / (1 + (i % 977)));
  return new Uint8Array(sums.buffer);
}

export function copy(from: RenderStore, to: RenderStore): void {
  for (let tile = 0; tile < from.partCount; tile++) {
    const bytes = from.encodePart(tile);
    if (from.version(tile) > to.version(tile) && bytes instanceof Uint8Array) to.mergePart(tile, bytes);
  }
}

export class Stages<Host extends Clock & Timers> {
  readonly jobs = new Map<NodeId, MeshRenderJob>();
  readonly gone = new Set<NodeId>();
  tileMessages = 0;
  control: JobControl = { version: 1, phase: 'running', reason: undefined, priority: 2 };
  term = { number: 1, node: newNodeId(random) };
  isAttended = true;
  standby: NodeId | undefined;

  constructor(readonly scheduler: Host) {}

  add(isViewer = true): { readonly id: NodeId; readonly job: MeshRenderJob } {
    const id = this.jobs.size === 0 ? this.term.node : newNodeId(random);
    const soon = <T>(deliver: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        this.scheduler.after(20, () => {
          try {
            resolve(deliver());
          } catch (error) {
            reject(error as Error);
          }
        });
      });
    const to = (target: NodeId): MeshRenderJob | undefined =>
      this.gone.has(target) ? undefined : this.jobs.get(target);
    const job = new MeshRenderJob(this.view(id, 'member'), spec, {
      ...{ clock: this.scheduler, timers: this.scheduler, self: id, isViewer, setAside: inMemory },
      deviceName: (node) => node.slice(0, 4),
      others: () => [...this.jobs.keys()].filter((node) => node !== id && !this.gone.has(node)),
      ask: (coordinator, body) =>
        soon(() => {
          const watch = decodeWatch(body);
          const asked = to(coordinator);
          if (!watch || !asked) throw new Error('nobody is there');
          asked.watchedBy(id, watch);
        }),
      sendTiles: (viewer, bytes) =>
        soon(() => {
          this.tileMessages++;
          to(viewer)?.tilesArrived(id, bytes);
        }),
      sendPreviews: (viewer, bytes) =>
        soon(() => {
          this.tileMessages++;
          to(viewer)?.tilesArrived(id, bytes, true);
        }),
      sendProgress: (viewer, bytes) =>
        soon(() => {
          const message = decodeProgress(bytes);
          if (message) to(viewer)?.progressArrived(id, message.progress);
        }),
      guides: () => Promise.reject(new Error('none')),
      wish: () => Promise.resolve(),
    });
    this.jobs.set(id, job);
    return { id, job };
  }

  view(_node: NodeId, role: JobRole): JobView {
    const description = {
      ...{ id: ID, kind: 'render', title: 'duck.glb', taskCount: plan.taskCount, spec: new Uint8Array() },
      ...{ submitter: this.term.node, submittedAtMs: 0 },
    };
    const { control, term, isAttended, standby } = this;
    const costs = { doneCost: 0, totalCost: 100 * 70 * 12 };
    const helpers = [...this.jobs.keys()].map((one) => ({
      ...{
        node: one,
        state: 'working' as const,
        reason: undefined,
        receivedBytes: 0,
        totalBytes: 0,
        checked: 0,
      },
    }));
    const trust = { checked: 0, liars: [], log: [] };
    return { description, control, term, role, isAttended, standby, ...costs, ...trust, helpers, active: [] };
  }

  /** Tells everyone where the Job stands; `stores`: who has results. */
  tell(stores: ReadonlyMap<NodeId, RenderStore>): void {
    for (const [node, job] of this.jobs) {
      if (this.gone.has(node)) continue;
      const store = stores.get(node);
      const isLeader = node === this.term.node && this.isAttended;
      job.viewChanged(this.view(node, isLeader ? 'coordinator' : store ? 'standby' : 'member'), store);
    }
  }
}
