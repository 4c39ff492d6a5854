/** What happens around a headless worker, each thing told once: who comes and goes, and what becomes of the Jobs. */
import { deviceInfoOf, type JobId } from '../farm/index.ts';
import type { Attributes, NodeId } from '../library/index.node.ts';
import type { RenderJob } from '../render/job/index.ts';
import type { LogLevel } from '../runtime/index.ts';
import { jobName } from './job-text.ts';
import { printableLine } from './printable.ts';

export interface News {
  readonly level: LogLevel;
  /** For people, one line. */
  readonly text: string;
  /** For programs. */
  readonly record: { readonly type: string } & Readonly<Record<string, unknown>>;
}

export class WorkerNews {
  readonly #tell: (news: News) => void;
  /** Of members: what they have left is their id alone. */
  readonly #names = new Map<NodeId, string>();
  /** What was last told of a Job. */
  readonly #told = new Map<JobId, string>();

  constructor(tell: (news: News) => void) {
    this.#tell = tell;
  }

  memberJoined(node: NodeId, attributes: Attributes): void {
    const name = deviceInfoOf(attributes).name;
    this.#names.set(node, name);
    this.#say('info', `${name} (${node.slice(0, 8)}) joined`, { type: 'member-joined', node, name });
  }

  memberLeft(node: NodeId, reason: string): void {
    const name = this.#names.get(node) ?? node.slice(0, 8);
    this.#names.delete(node);
    this.#say('info', `${name} left: ${reason}`, { type: 'member-left', node, name, reason });
  }

  /** Tells it where its state, or the reason for it, is another one. */
  jobChanged(job: Pick<RenderJob, 'id' | 'title' | 'state' | 'reason'>): void {
    const { id, title, state, reason } = job;
    const why = reason === undefined ? '' : `: ${printableLine(reason)}`;
    const text = `${jobName(job)} ${state}${why}`;
    if (this.#told.get(id) === text) return;
    this.#told.set(id, text);
    this.#say(state === 'failed' ? 'warn' : 'info', text, {
      ...{ type: 'job', id, title, state, reason: reason ?? null },
    });
  }

  jobForgotten(id: JobId): void {
    this.#told.delete(id);
  }

  #say(level: LogLevel, text: string, record: News['record']): void {
    this.#tell({ level, text, record });
  }
}
