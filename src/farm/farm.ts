/**
 * The farm on one Node: submits Jobs to the mesh, learns of the Jobs of others, and lends the local workers to all of them.
 * The own Jobs' work takes the same path as everyone's, only without the network in between.
 */

import type { MeshNode, MeshStream, Received } from '../mesh/index.ts';
import { type Clock, Emitter, log, messageOf, type Random, type Timers, toHex } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobId, JobKind, JobOffer, JobSource, JobStatus } from './contract.ts';
import { LEASE_MS } from './coordinator.ts';
import { Lender } from './lender.ts';
import {
  decodeMessage,
  decodeResult,
  encodeMessage,
  encodeResult,
  FARM,
  FARM_MESSAGES,
  FARM_RESULTS,
  type FarmMessage,
  type FarmResult,
  RESULT,
} from './messages.ts';
import { OwnedJob } from './owned-job.ts';

export interface FarmEvents {
  /** Another Node's Job became known: running, or already over. */
  offered: { readonly offer: JobOffer; readonly status: JobStatus };
  /** A Job is over, ours or another's. `isOrphaned`: its owner left. */
  ended: { readonly id: JobId; readonly status: JobStatus; readonly isOrphaned: boolean };
  /** This Node takes no part in the Job, and why. */
  refused: { readonly id: JobId; readonly reason: string };
}

export interface FarmDependencies {
  readonly node: MeshNode;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly kinds: readonly JobKind[];
}

/** Jobs of one other Node that are listened to at a time: nobody may grow our memory without bound. */
const MAX_JOBS_PER_OWNER = 32;
const ORPHANED = 'the tab that started it left';
/** An owner that is back is asked so often, a second apart, for the Jobs that ended here because it seemed to have left. */
const REJOIN_ATTEMPTS = 5;
const REJOIN_RETRY_MS = 1_000;

interface RemoteJob {
  readonly offer: JobOffer;
  status: JobStatus;
  /** It ended here because its owner seemed to have left. */
  isOrphaned: boolean;
}

export class Farm {
  readonly events = new Emitter<FarmEvents>();
  readonly #node: MeshNode;
  readonly #steering: MeshStream;
  readonly #results: MeshStream;
  readonly #dependencies: FarmDependencies;
  readonly #kinds: ReadonlyMap<string, JobKind>;
  readonly #lender: Lender;
  readonly #owned = new Map<JobId, OwnedJob>();
  readonly #remote = new Map<JobId, RemoteJob>();
  readonly #unsubscribe: (() => void)[];
  #isClosed = false;

  constructor(dependencies: FarmDependencies) {
    const { node, clock, timers, kinds } = dependencies;
    this.#node = node;
    this.#steering = node.stream(FARM);
    this.#results = node.stream(FARM_RESULTS);
    this.#dependencies = dependencies;
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    this.#lender = new Lender({
      clock,
      timers,
      tell: (owner, message) => void this.#tell(owner, message).catch(() => {}),
      sendResult: (owner, result) => this.#sendResult(owner, result),
      refused: (id, reason) => this.events.emit('refused', { id, reason }),
    });
    this.#unsubscribe = [
      ...FARM_MESSAGES.map((type) =>
        this.#steering.receive(type, (received) => this.#receive(type, received)),
      ),
      this.#results.receive(RESULT, ({ from, body }) => {
        const result = decodeResult(body);
        if (result) this.#owned.get(result.id)?.result(from, result);
      }),
      node.events.on('joined', ({ id }) => this.#joined(id)),
      node.events.on('away', () => this.#lender.resyncAll()),
      node.events.on('left', ({ id }) => this.#left(id)),
    ];
  }

  get workerCount(): number {
    return this.#lender.workerCount;
  }

  /** Takes effect at once; Tasks in hand go back to their owners. */
  setWorkers(count: number): void {
    this.#lender.setWorkers(count);
  }

  /** Starts a Job and tells the mesh. */
  submit(source: JobSource): OwnedJob {
    const { clock, timers, random } = this.#dependencies;
    const id = toHex(random.bytes(16)) as JobId;
    const job = new OwnedJob(id, source, {
      clock,
      timers,
      members: () => this.#node.members().map((member) => member.id),
      tell: (node, message) => this.#tell(node, message),
      ended: (status) => {
        this.#lender.ended(id);
        this.events.emit('ended', { id, status, isOrphaned: false });
      },
    });
    this.#owned.set(id, job);
    // Not in this turn: the submitter must have the Job's id before the first result comes.
    queueMicrotask(() => {
      if (!this.#isClosed) job.start();
    });
    return job;
  }

  /** Stops a Job for everyone; another Node's is cancelled by asking its owner. */
  cancel(id: JobId): void {
    const owned = this.#owned.get(id);
    const remote = this.#remote.get(id);
    if (owned) owned.cancel('it was cancelled');
    else if (remote?.status.phase === 'running') {
      this.#tell(remote.offer.owner, { type: 'cancel', id }).catch((error) =>
        log('warn', `the request to cancel did not arrive: ${messageOf(error)}`),
      );
    }
  }

  /** No more news of this Job, to others or from others. A running one of our own must be cancelled first. */
  forget(id: JobId): void {
    this.#owned.get(id)?.close();
    this.#owned.delete(id);
    this.#remote.delete(id);
    this.#lender.ended(id);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const off of this.#unsubscribe) off();
    for (const job of this.#owned.values()) job.close();
    this.#lender.close();
    this.#steering.close();
    this.#results.close();
    this.events.clear();
  }

  #tell(node: NodeId, message: FarmMessage): Promise<void> {
    if (node !== this.#node.id) return this.#steering.send(node, message.type, encodeMessage(message));
    queueMicrotask(() => this.#dispatch(node, message));
    return Promise.resolve();
  }

  async #sendResult(owner: NodeId, result: FarmResult): Promise<void> {
    if (owner !== this.#node.id) {
      // When nothing of it moves for so long, its Lease is over.
      await this.#results.send(owner, RESULT, encodeResult(result), { timeoutMs: LEASE_MS });
    } else {
      this.#owned.get(result.id)?.result(owner, result);
    }
  }

  #receive(type: FarmMessage['type'], { from, body }: Received): void {
    const message = decodeMessage(type, body);
    if (message) this.#dispatch(from, message);
    else log('debug', `dropped a malformed farm message of node ${from.slice(0, 8)}`);
  }

  #dispatch(from: NodeId, message: FarmMessage): void {
    if (this.#isClosed) return;
    switch (message.type) {
      case 'job':
        this.#jobNews(from, message);
        return;
      case 'grant':
      case 'revoke': {
        // Only the owner may: the Lender knows a Job under its owner, and ids are 128 random bits, but be exact.
        if (this.#ownerOf(message.id) !== from) return;
        if (message.type === 'grant') this.#lender.granted(message.id, message.worker, message.leases);
        else this.#lender.revoked(message.id, message.worker, message.leases);
        return;
      }
      default:
        this.#owned.get(message.id)?.received(from, message);
    }
  }

  #ownerOf(id: JobId): NodeId | undefined {
    return this.#owned.has(id) ? this.#node.id : this.#remote.get(id)?.offer.owner;
  }

  #jobNews(from: NodeId, news: FarmMessage & { type: 'job' }): void {
    const { id, taskCount, spec, phase, reason } = news;
    const offer: JobOffer = { id, owner: from, kind: news.kind, taskCount, spec };
    const status: JobStatus = { phase, reason };
    const kind = this.#kinds.get(news.kind);
    if (from === this.#node.id) {
      if (this.#owned.get(id)?.status.phase === 'running' && kind) this.#lender.offer(offer, kind);
      return;
    }
    const known = this.#remote.get(id);
    if (this.#owned.has(id) || (known && known.offer.owner !== from)) return;
    if (known?.status.phase === 'running') {
      if (phase === 'running') this.#lender.resync(id);
      else this.#endRemote(known, status, false);
      return;
    }
    if (known && phase !== 'running' && !known.isOrphaned) return;
    // New, or given up when its owner seemed to have left.
    if (!known && !this.#hasRoomFor(from)) return;
    this.#remote.set(id, { offer, status, isOrphaned: false });
    this.events.emit('offered', { offer, status });
    if (phase === 'running' && kind) this.#lender.offer(offer, kind);
  }

  /** Makes room for one more Job of that owner by forgetting its oldest ended one. */
  #hasRoomFor(owner: NodeId): boolean {
    const jobs = [...this.#remote.values()].filter((job) => job.offer.owner === owner);
    if (jobs.length < MAX_JOBS_PER_OWNER) return true;
    const ended = jobs.find(({ status }) => status.phase !== 'running');
    if (ended) this.#remote.delete(ended.offer.id);
    return ended !== undefined;
  }

  #joined(id: NodeId): void {
    for (const job of this.#owned.values()) job.joined(id);
    for (const job of this.#remote.values()) {
      if (job.offer.owner === id && job.isOrphaned) this.#rejoin(job, 1);
    }
  }

  /** Its owner is back, and may not have missed us: then it would not tell us of the Job again by itself. */
  #rejoin(job: RemoteJob, attempt: number): void {
    const { id, owner } = job.offer;
    if (this.#isClosed || !job.isOrphaned || this.#remote.get(id) !== job) return;
    this.#tell(owner, { type: 'rejoin', id }).catch((error: unknown) => {
      log('debug', `asking for a job of an owner that is back failed: ${messageOf(error)}`);
      if (attempt >= REJOIN_ATTEMPTS) return;
      this.#dependencies.timers.after(REJOIN_RETRY_MS, () => this.#rejoin(job, attempt + 1));
    });
  }

  #left(id: NodeId): void {
    for (const job of this.#owned.values()) job.left(id);
    for (const job of this.#remote.values()) {
      if (job.offer.owner !== id || job.status.phase !== 'running') continue;
      this.#endRemote(job, { phase: 'failed', reason: ORPHANED }, true);
    }
  }

  #endRemote(job: RemoteJob, status: JobStatus, isOrphaned: boolean): void {
    const { id } = job.offer;
    job.status = status;
    job.isOrphaned = isOrphaned;
    this.#lender.ended(id);
    this.events.emit('ended', { id, status, isOrphaned });
  }
}
