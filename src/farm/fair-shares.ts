/**
 * Whose Jobs a Node's workers serve. Shares are by person first: someone with twenty Jobs gets no more than someone with one, whatever their
 * priorities; within a person's Jobs the higher priority comes first. Each step of a priority doubles its person's share, and 0 is
 * content with what the others leave; so nobody who asks gets nothing, and nobody gets all.
 *
 * A person is the Node that submitted. One that is not here cannot be told from one that was made up, and a terminal that left its
 * render to others is a Node of its own each time: all of them together count as one.
 *
 * Each Node decides for itself, without a word to others: over its workers, over many Nodes and over time the shares come out right.
 */
import type { NodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import { byRank, type LentJob, rankOf } from './lent-job.ts';
import { orderOf } from './turn.ts';

/** Where fewer workers than shares are, each person has them for so long in its turn: loading a scene costs time. */
const TURN_MS = 10_000;
/** Where more people wait than scenes fit into memory, others are served after it. */
const SCENES_MS = 60_000;
/** In front of a Node of its own by every order. */
const ABSENT = '' as NodeId;

/** What a Node knows of itself and of who is there. */
export interface Onlooker {
  readonly self: NodeId;
  isMember(node: NodeId): boolean;
}

interface Person {
  readonly node: NodeId;
  /** Its Jobs, none of them paused. */
  readonly jobs: readonly LentJob[];
  /** 0: what the others leave. */
  readonly weight: number;
}

/**
 * The Jobs whose inputs a Node should have in memory now, at most `places`, of those that could be: the best of each person, or, of one
 * person alone, its best ones. What is in memory stays before its equals.
 */
export function wantedJobs(
  jobs: readonly LentJob[],
  places: number,
  isInMemory: (job: LentJob) => boolean,
  onlooker: Onlooker,
  nowMs: number,
): readonly LentJob[] {
  const inMemoryFirst = (a: LentJob, b: LentJob): number => Number(isInMemory(b)) - Number(isInMemory(a));
  const byLot = (a: LentJob, b: LentJob): number => lotOf(a, onlooker) - lotOf(b, onlooker);
  const people = served(peopleOf(jobs, onlooker), places, onlooker, nowMs);
  const firsts = people.flatMap(
    ({ jobs: own }) =>
      own.toSorted((a, b) => byRankOnly(a, b) || inMemoryFirst(a, b) || byRank(a, b))[0] ?? [],
  );
  // The next ones, so that their scenes are here when the first have nothing left: each Job has its Nodes.
  const rest = people.flatMap(({ jobs: own }) => own.filter((job) => !firsts.includes(job)));
  const next = rest.toSorted((a, b) => byRankOnly(a, b) || inMemoryFirst(a, b) || byLot(a, b));
  return [...firsts, ...next].slice(0, places);
}

/** Of Jobs that could be worked on in that order by one worker of so many: its person's first, then the others'. */
export function preferences(
  jobs: readonly LentJob[],
  worker: number,
  workerCount: number,
  onlooker: Onlooker,
  nowMs: number,
): readonly JobId[] {
  const people = peopleOf(jobs, onlooker);
  const round = roundOf(people);
  const slots = round.length > 1 ? round.length : Math.max(1, ...people.map(({ jobs: own }) => own.length));
  const turn = workerCount < slots ? Math.floor(nowMs / TURN_MS) : 0;
  // Nodes with the same number of workers must not all begin with the same person.
  const first = round.length > 1 ? hashOf(onlooker.self) + worker + turn : 0;
  const own = round[first % Math.max(1, round.length)];
  const others = people.filter((person) => person !== own).toSorted((a, b) => b.weight - a.weight);
  return [...(own ? [own] : []), ...others].flatMap((person) => orderedJobs(person, worker + turn));
}

/** Higher ranks first; of equal ones each worker begins with another. */
function orderedJobs({ jobs }: Person, worker: number): readonly JobId[] {
  const ranks = [...new Set(jobs.map(({ control }) => rankOf(control)))].sort((a, b) => b - a);
  return ranks.flatMap((rank) => {
    const equals = jobs.filter(({ control }) => rankOf(control) === rank);
    const first = worker % equals.length;
    return [...equals.slice(first), ...equals.slice(0, first)].map(({ description }) => description.id);
  });
}

/** Those with running Jobs, in an order that all Nodes have. */
function peopleOf(jobs: readonly LentJob[], { self, isMember }: Onlooker): readonly Person[] {
  const byNode = new Map<NodeId, LentJob[]>();
  for (const job of jobs) {
    if (rankOf(job.control) < 0) continue;
    const { submitter } = job.description;
    const node = submitter === self || isMember(submitter) ? submitter : ABSENT;
    const own = byNode.get(node);
    if (own) own.push(job);
    else byNode.set(node, [job]);
  }
  return [...byNode]
    .map(([node, own]) => {
      const rank = Math.max(...own.map(({ control }) => rankOf(control)));
      return { node, jobs: own, weight: rank > 0 ? 2 ** rank : 0 };
    })
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}

/** So many of them by turns of a minute, each as often as its weight says; who has none only where there is room. */
function served(
  people: readonly Person[],
  count: number,
  { self }: Onlooker,
  nowMs: number,
): readonly Person[] {
  if (people.length <= count) return people.toSorted((a, b) => b.weight - a.weight);
  const round = roundOf(people);
  // Nodes begin at different places, so that all people are served somewhere at any time.
  const start = hashOf(self) + count * Math.floor(nowMs / SCENES_MS);
  const inTurn = round.flatMap((_, step) => round[(start + step) % round.length] ?? []);
  return [...new Set([...inTurn, ...people])].slice(0, count);
}

/** Everyone with a weight as often as it says, evenly spread (smooth weighted round robin, as in nginx). */
function roundOf(people: readonly Person[]): readonly Person[] {
  const weighted = people.filter(({ weight }) => weight > 0);
  if (weighted.length === 0) return people;
  const least = Math.min(...weighted.map(({ weight }) => weight));
  const places = weighted.map((person) => ({ person, share: person.weight / least, credit: 0 }));
  const total = places.reduce((sum, { share }) => sum + share, 0);
  return Array.from({ length: total }, () => {
    for (const place of places) place.credit += place.share;
    const [next] = places.toSorted((a, b) => b.credit - a.credit);
    if (next) next.credit -= total;
    return next?.person;
  }).filter((person) => person !== undefined);
}

const byRankOnly = (a: LentJob, b: LentJob): number => rankOf(b.control) - rankOf(a.control);
const lotOf = ({ description }: LentJob, { self }: Onlooker): number => orderOf(description.id, self);
/** 32 bits. */
const hashOf = (text: string): number => orderOf(text as JobId, ABSENT);
