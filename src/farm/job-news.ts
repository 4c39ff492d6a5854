/**
 * What is said of a Job to whoever listens (docs/pubsub.md): that it began, how far it is, how it ended. Its coordinator says it, so that it
 * is said once, however many see it; when another takes over, that one goes on. A step that falls into a change of coordinators may be
 * said by neither or both: who must know asks for the Job.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobId, JobPhase, JobView } from './contract.ts';
import { isFinal } from './control.ts';

export type JobNewsKind = 'started' | 'progress' | 'done' | 'failed';

/** As it is published, in JSON. */
export interface JobRecord {
  readonly job: JobId;
  readonly kind: string;
  readonly title: string;
  readonly state: JobPhase;
  /** 0..1 */
  readonly progress: number;
  readonly submitter: NodeId;
  /** Who says so. */
  readonly coordinator: NodeId;
  /** At work on it now. */
  readonly nodes: number;
  /** Of one that failed or was cancelled. */
  readonly reason?: string;
}

export interface JobNewsItem {
  readonly kind: JobNewsKind;
  readonly record: JobRecord;
}

/** As often as somebody looks at a lamp. */
export const PROGRESS_EVERY_MS = 1_000;

interface Said {
  isOver: boolean;
  progress: number;
  atMs: number;
}

export class JobNews {
  readonly #said = new Map<JobId, Said>();

  /** The Job has changed; what there is to say of it now. */
  look(view: JobView, nowMs: number): JobNewsItem | undefined {
    const { description, control, role, term } = view;
    const { id } = description;
    if (role !== 'coordinator') {
      this.#said.delete(id);
      return undefined;
    }
    const isOver = isFinal(control.phase);
    const said = this.#said.get(id);
    const progress = progressOf(view);
    const tell = (kind: JobNewsKind): JobNewsItem => {
      this.#said.set(id, { isOver, progress, atMs: nowMs });
      return { kind, record: recordOf(view, progress) };
    };
    if (!said) {
      // It ended before we looked, or another has said that it began.
      if (!isOver && term.number === 1) return tell('started');
      this.#said.set(id, { isOver, progress, atMs: nowMs });
      return undefined;
    }
    if (isOver) return said.isOver ? undefined : tell(control.phase === 'done' ? 'done' : 'failed');
    if (said.isOver) return tell('started');
    if (progress === said.progress || nowMs - said.atMs < PROGRESS_EVERY_MS) return undefined;
    return tell('progress');
  }

  forget(id: JobId): void {
    this.#said.delete(id);
  }
}

/** Rounded to a thousandth, so that what nobody could see is nothing new. */
function progressOf({ doneCost, totalCost, control }: JobView): number {
  if (control.phase === 'done') return 1;
  return totalCost > 0 ? Math.floor((1000 * doneCost) / totalCost) / 1000 : 0;
}

function recordOf({ description, control, term, helpers }: JobView, progress: number): JobRecord {
  const { id, kind, title, submitter } = description;
  const nodes = helpers.filter(({ state }) => state === 'working').length;
  const { phase: state, reason } = control;
  return {
    // What people look for first.
    ...{ title, state, progress, nodes },
    ...(reason !== undefined && { reason }),
    ...{ kind, job: id, submitter, coordinator: term.node },
  };
}
