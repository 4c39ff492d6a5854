/**
 * Performs what the Coordinator of one of our own Jobs decides: sends the grants, checks and keeps the results, ticks, and
 * makes sure that every member of the mesh learns of the Job and of its end.
 */
import { type Clock, log, messageOf, type Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { JobId, JobPhase, JobSource, JobStatus, WorkerRef } from './contract.ts';
import { type ActiveTask, Coordinator, type CoordinatorEffect } from './coordinator.ts';
import type { FarmMessage, FarmResult } from './messages.ts';

/** Leases expire after many seconds, so one look a second is enough; it also repeats announcements that did not arrive. */
const TICK_MS = 1_000;

export interface OwnedJobPort {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Every Node in reach, ourselves included. */
  members(): readonly NodeId[];
  /** Rejects when the message did not arrive. */
  tell(node: NodeId, message: FarmMessage): Promise<void>;
  /** Called once. */
  ended(status: JobStatus): void;
}

export class OwnedJob {
  readonly id: JobId;
  readonly #source: JobSource;
  readonly #port: OwnedJobPort;
  readonly #coordinator: Coordinator;
  /** Which phase each Node was last told of. */
  readonly #told = new Map<NodeId, JobPhase>();
  readonly #transfers = new Map<NodeId, { receivedBytes: number; totalBytes: number }>();
  #status: JobStatus = { phase: 'running', reason: undefined };
  #stopTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(id: JobId, source: JobSource, port: OwnedJobPort) {
    this.id = id;
    this.#source = source;
    this.#port = port;
    this.#coordinator = new Coordinator(source);
  }

  get status(): JobStatus {
    return this.#status;
  }

  /** What is worked on now. */
  active(): readonly ActiveTask[] {
    return this.#status.phase === 'running' ? this.#coordinator.active() : [];
  }

  /** Nodes that are still fetching the inputs. */
  transfers(): ReadonlyMap<NodeId, { readonly receivedBytes: number; readonly totalBytes: number }> {
    return this.#transfers;
  }

  start(): void {
    this.announce();
    this.#tick();
  }

  /** Tells everyone who does not know yet where the Job stands. */
  announce(): void {
    const { phase, reason } = this.#status;
    const { kind, taskCount, spec } = this.#source;
    for (const node of this.#port.members()) {
      if (this.#told.get(node) === phase) continue;
      this.#told.set(node, phase);
      this.#port.tell(node, { type: 'job', id: this.id, kind, taskCount, spec, phase, reason }).catch(() => {
        // Tried again at the next tick while the Node is a member.
        if (this.#told.get(node) === phase) this.#told.delete(node);
        this.#wakeLater();
      });
    }
  }

  /** A Node is new, or back: whatever it knew, it must be told again. */
  joined(node: NodeId): void {
    this.#told.delete(node);
    this.announce();
  }

  left(node: NodeId): void {
    this.#told.delete(node);
    this.#transfers.delete(node);
    this.#perform(this.#coordinator.left(node, this.#port.clock.now()));
  }

  cancel(reason: string): void {
    if (this.#status.phase !== 'running') return;
    this.#coordinator.cancel();
    this.#end({ phase: 'cancelled', reason });
  }

  received(from: NodeId, message: FarmMessage): void {
    const nowMs = this.#port.clock.now();
    switch (message.type) {
      case 'pull':
        this.#transfers.delete(from);
        this.#perform(
          this.#coordinator.pull({ node: from, index: message.worker }, nowMs, message.isEmptyHanded),
        );
        return;
      case 'failure':
        log(
          'warn',
          `a worker of node ${from.slice(0, 8)} failed at task ${message.lease.task}: ${message.reason}`,
        );
        this.#perform(this.#coordinator.failed(message.lease, message.reason, nowMs));
        return;
      case 'unfit':
        this.#transfers.delete(from);
        this.#perform(this.#coordinator.unfit({ node: from, index: message.worker }, message.reason, nowMs));
        return;
      case 'release':
        this.#perform(this.#coordinator.released({ node: from, index: message.worker }, nowMs));
        return;
      case 'inputs':
        this.#transfers.set(from, message);
        return;
      case 'refused':
        this.#transfers.delete(from);
        log('info', `node ${from.slice(0, 8)} takes no part in the job: ${message.reason}`);
        return;
      case 'cancel':
        this.cancel('it was cancelled from another tab');
        return;
      case 'rejoin':
        this.left(from);
        this.announce();
        return;
      case 'job':
      case 'grant':
      case 'revoke':
        // An owner's messages: not for an owner.
        return;
    }
  }

  /** A result came in. It is checked before it counts; what does not pass is a failure of the worker. */
  result(from: NodeId, { lease, worker, elapsedMs, bytes }: FarmResult): void {
    const author: WorkerRef = { node: from, index: worker };
    if (!this.#coordinator.isWelcome(author, lease)) return;
    const nowMs = this.#port.clock.now();
    try {
      this.#source.accept(lease.task, bytes, author);
    } catch (error) {
      this.#perform(this.#coordinator.failed(lease, messageOf(error), nowMs));
      return;
    }
    this.#perform(this.#coordinator.succeeded(lease, elapsedMs, nowMs));
  }

  /** Stops without telling anyone: the Node closes. */
  close(): void {
    this.#isClosed = true;
    this.#coordinator.cancel();
    this.#stopTimer?.();
  }

  #perform(effects: readonly CoordinatorEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'grant':
        case 'revoke':
          this.#tellWorker(effect);
          break;
        case 'blocked':
          log(
            'warn',
            `a worker of node ${effect.worker.node.slice(0, 8)} gets no more work: ${effect.reason}`,
          );
          break;
        case 'done':
          this.#end({ phase: 'done', reason: undefined });
          break;
        case 'failed':
          this.#end({ phase: 'failed', reason: effect.reason });
          break;
      }
    }
  }

  #tellWorker({ kind, worker, leases }: CoordinatorEffect & { kind: 'grant' | 'revoke' }): void {
    this.#port.tell(worker.node, { type: kind, id: this.id, worker: worker.index, leases }).catch(() => {
      if (this.#status.phase !== 'running') return;
      // The worker does not know what it has: take it back, and tell the Node of the Job again so that it asks again.
      this.#told.delete(worker.node);
      this.#perform(this.#coordinator.released(worker, this.#port.clock.now()));
    });
  }

  #end(status: JobStatus): void {
    this.#status = status;
    this.#transfers.clear();
    this.announce();
    this.#port.ended(status);
  }

  #tick(): void {
    this.#perform(this.#coordinator.tick(this.#port.clock.now(), this.#transfers.size > 0));
    this.announce();
    if (this.#status.phase === 'running') this.#wakeLater();
  }

  #wakeLater(): void {
    if (this.#isClosed || this.#stopTimer) return;
    this.#stopTimer = this.#port.timers.after(TICK_MS, () => {
      this.#stopTimer = undefined;
      this.#tick();
    });
  }
}
