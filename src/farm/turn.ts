/**
 * How long a Node waits before it takes a Job over: whoever has most of it goes first. Within a rank all Nodes compute the same order
 * from a hash of Job and Node, half a second apart, so that one of them has usually spoken before the next one's turn comes. Where two
 * speak at once, the terms decide.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobDescription, JobId } from './contract.ts';

/** `results`: keeps a copy of what is done. `inputs`: has what the work needs. */
export type Rank = 'results' | 'inputs' | 'none';

const RANK_DELAY_MS: Readonly<Record<Rank, number>> = { results: 2_000, inputs: 4_000, none: 8_000 };
export const MIN_TURN_MS = RANK_DELAY_MS.results;
const STEP_MS = 500;
/** Whoever is said to have computed wrongly: only when nobody else has taken it for long. */
const NAMED_MS = 30_000;
/** Nodes of a rank that have a turn of their own; the others come all together after them. */
const MAX_PLACES = 16;

/** FNV-1a over both, finished as murmur3 does: cheap, and even enough for an order. */
export function orderOf(job: JobId, node: NodeId): number {
  let hash = 0x811c9dc5;
  for (const text of [job, node]) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** `rivals`: the other Nodes of the same rank. */
export function turnDelayMs(job: JobId, self: NodeId, rank: Rank, rivals: Iterable<NodeId>): number {
  const own = orderOf(job, self);
  let place = 0;
  for (const node of rivals) if (node !== self && orderOf(job, node) < own) place++;
  return RANK_DELAY_MS[rank] + STEP_MS * Math.min(place, MAX_PLACES);
}

/** What decides how long this Node waits. */
export interface OwnTurn {
  readonly job: Pick<JobDescription, 'id' | 'submitter'>;
  readonly self: NodeId;
  readonly hasResults: boolean;
  readonly hasInputs: boolean;
  /** Nodes that are said to have the inputs. */
  readonly holders: readonly NodeId[];
  /** Every Node in reach. */
  readonly members: readonly NodeId[];
  /** It is said to have computed wrongly. */
  readonly isNamed: boolean;
}

export function ownTurnDelayMs(turn: OwnTurn): number {
  return rankedDelayMs(turn) + (turn.isNamed ? NAMED_MS : 0);
}

function rankedDelayMs({ job, self, hasResults, hasInputs, holders, members }: OwnTurn): number {
  if (hasResults) return turnDelayMs(job.id, self, 'results', []);
  const isHolder = (node: NodeId): boolean => holders.includes(node);
  if (hasInputs || job.submitter === self || isHolder(self)) {
    return turnDelayMs(job.id, self, 'inputs', members.filter(isHolder));
  }
  return turnDelayMs(
    job.id,
    self,
    'none',
    members.filter((node) => !isHolder(node)),
  );
}
