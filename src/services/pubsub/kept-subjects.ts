/**
 * Subjects that begin with `leafcutter.` are the system's own: what stands there is said by Nodes and Jobs, so that who listens need not
 * wonder whose joke it is. The table is in docs/pubsub.md.
 */
import type { NodeId } from '../../wire/index.ts';
import type { Subject } from './contract.ts';

const KEPT = 'leafcutter.';
const OF_NODES = `${KEPT}node.`;
const OF_JOBS = `${KEPT}job.`;

/** Requests for renders: the one kept subject that clients publish to. */
export const SUBMIT = `${OF_JOBS}submit` as Subject;

/** What this Node sees of another. */
export function nodeSubject(node: NodeId, what: 'joined' | 'left'): Subject {
  return `${OF_NODES}${node}.${what}` as Subject;
}

/** What whoever coordinates a Job says of it. @param job letters and digits */
export function jobSubject(job: string, what: 'started' | 'progress' | 'done' | 'failed'): Subject {
  return `${OF_JOBS}${job}.${what}` as Subject;
}

/** Why a client must not publish to it, as half a sentence; undefined when it may. */
export function keptProblem(subject: string): string | undefined {
  if (!subject.startsWith(KEPT) || subject === SUBMIT) return undefined;
  return `what begins with "${KEPT}" is said by Leafcutter itself, but for ${SUBMIT}`;
}

/** Each Node sees for itself who is here: nobody else has anything to say about it. */
export function isOfOneView(subject: Subject): boolean {
  return subject.startsWith(OF_NODES);
}
