import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { type NodeId, newNodeId } from '../wire/index.ts';
import type { JobId, JobPhase } from './contract.ts';
import { FIRST_CONTROL } from './control.ts';
import { named } from './description.ts';
import { preferences, wantedJobs } from './fair-shares.ts';
import type { LentJob } from './lent-job.ts';
import { Need } from './need.ts';

const random = seededRandom(1);
const people = Array.from({ length: 8 }, () => newNodeId(random));
const helpers = Array.from({ length: 40 }, () => newNodeId(random));
const [self = newNodeId(random)] = helpers;

let submitted = 0;
function jobOf(person: number, priority = 2, phase: JobPhase = 'running'): LentJob {
  const submitter = people[person] as NodeId;
  return {
    description: named({
      ...{ kind: 'sum', title: '', taskCount: 9, spec: Uint8Array.of() },
      ...{ submitter, submittedAtMs: submitted++ },
    }),
    ...{ term: { number: 1, node: submitter }, control: { ...FIRST_CONTROL, priority, phase } },
    ...{ state: 'open', attempts: 0, retryAtMs: 0, inWork: 0, reason: '', untold: [], need: new Need() },
  };
}
const jobsOf = (person: number, count: number, priority = 2): readonly LentJob[] =>
  Array.from({ length: count }, () => jobOf(person, priority));
const idOf = ({ description }: LentJob): JobId => description.id;
const isMember = (_: NodeId): boolean => true;
const nothingHere = (_: LentJob): boolean => false;

/** How much of the work each person gets where every worker does what it prefers, of 40 Nodes over ten minutes. */
function shares(jobs: readonly LentJob[], workers: number, places = 2, onlooker = { isMember }) {
  const counts = new Map<NodeId, number>();
  for (const node of helpers) {
    for (let nowMs = 0; nowMs < 600_000; nowMs += 10_000) {
      const at = { self: node, ...onlooker };
      const open = wantedJobs(jobs, places, nothingHere, at, nowMs);
      for (let worker = 0; worker < workers; worker++) {
        const [id] = preferences(open, worker, workers, at, nowMs);
        const submitter = open.find((job) => idOf(job) === id)?.description.submitter;
        if (submitter) counts.set(submitter, (counts.get(submitter) ?? 0) + 1);
      }
    }
  }
  const all = helpers.length * 60 * workers;
  return people.map((person) => (counts.get(person) ?? 0) / all);
}

describe('the shares of people', () => {
  it('are the same however many Jobs each has, on machines of any size', () => {
    for (const workers of [1, 2, 3, 4, 8]) {
      const [one = 0, many = 0, third] = shares([jobOf(0), ...jobsOf(1, 20)], workers);
      expect(one, `${workers} workers`).toBeGreaterThan(0.45);
      expect(many).toBeGreaterThan(0.45);
      expect(third).toBe(0);
    }
  });

  it('are the same where more people wait than scenes fit into memory', () => {
    const jobs = [...jobsOf(0, 20), jobOf(1), jobOf(2), ...jobsOf(3, 3), jobOf(4)];
    for (const workers of [1, 2, 8]) {
      for (const share of shares(jobs, workers).slice(0, 5)) {
        expect(share, `${workers} workers`).toBeGreaterThan(0.16);
        expect(share).toBeLessThan(0.24);
      }
    }
  });

  it('double with each step of the highest priority that each asks for', () => {
    const [urgent = 0, normal = 0] = shares([jobOf(0, 4), jobOf(0, 0), ...jobsOf(1, 3, 2)], 2);
    expect(urgent).toBeCloseTo(0.8, 1);
    expect(normal).toBeCloseTo(0.2, 1);
    const three = shares([jobOf(0, 3), jobOf(1, 2), jobOf(2, 2)], 2, 3);
    expect(three.slice(0, 3).map((share) => share.toFixed(1))).toEqual(['0.5', '0.3', '0.3']);
  });

  it('leave nobody out who wants more than what is left, and nothing to who wants no more', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 8 }), (priorities) => {
        const got = shares(
          priorities.flatMap((priority, person) => jobsOf(person, 1 + (person % 3), priority)),
          2,
        );
        const isAnyAsked = priorities.some((priority) => priority > 0);
        for (const [person, priority] of priorities.entries()) {
          const share = got[person] ?? 0;
          if (priority > 0 || !isAnyAsked) expect(share).toBeGreaterThan(0);
        }
        const all = got.reduce((sum, share) => sum + share, 0);
        expect(all).toBeCloseTo(1);
      }),
      { numRuns: 10 },
    );
    expect(shares([jobOf(0, 0), jobOf(1, 1), jobOf(2, 1)], 2)[0]).toBe(0);
    expect(shares([jobOf(0, 0)], 2)[0]).toBe(1);
  });

  it('count people who are not here as one: many can be made up', () => {
    const isHere = (node: NodeId): boolean => node === people[0];
    const jobs = [jobOf(0), ...[1, 2, 3, 4, 5, 6, 7].map((person) => jobOf(person))];
    const [here = 0] = shares(jobs, 2, 2, { isMember: isHere });
    expect(here).toBeGreaterThan(0.45);
    expect(here).toBeLessThan(0.55);
  });
});

describe('the Jobs that should be in memory', () => {
  const at = { self, isMember };
  const wanted = (jobs: readonly LentJob[], isInMemory = nothingHere): readonly JobId[] =>
    wantedJobs(jobs, 2, isInMemory, at, 0).map(idOf);

  it('are the best of each person, none that is paused', () => {
    const [low, high, other] = [jobOf(0, 1), jobOf(0, 3), jobOf(1, 2)];
    const resting = jobOf(0, 4, 'paused');
    expect(new Set(wanted([low, resting, high, other]))).toEqual(new Set([high, other].map(idOf)));
    expect(wanted([low, high, jobOf(0, 2, 'paused')])).toEqual([high, low].map(idOf));
  });

  it('stay while others are no more urgent, and give way to what is', () => {
    const own = jobsOf(0, 5);
    const [a, b] = own.slice(3);
    const isHere = (job: LentJob): boolean => job === a || job === b;
    expect(new Set(wanted(own, isHere))).toEqual(new Set(own.slice(3).map(idOf)));
    const urgent = jobOf(0, 3);
    expect(wanted([...own, urgent], isHere)[0]).toBe(idOf(urgent));
    expect(own.slice(3).map(idOf)).toContain(wanted([...own, urgent], isHere)[1]);
  });

  it('are as many as there is room for, each once, whatever there is', () => {
    const anyJob = fc.record({
      person: fc.integer({ min: 0, max: 7 }),
      priority: fc.integer({ min: 0, max: 4 }),
      phase: fc.constantFrom<JobPhase>('running', 'paused'),
    });
    fc.assert(
      fc.property(fc.array(anyJob, { maxLength: 12 }), fc.nat(1_000_000), (some, nowMs) => {
        const jobs = some.map(({ person, priority, phase }) => jobOf(person, priority, phase));
        const running = jobs.filter(({ control }) => control.phase === 'running');
        const here = wantedJobs(jobs, 2, (job) => job.control.priority === 2, at, nowMs);
        expect(here).toHaveLength(Math.min(2, running.length));
        expect(new Set(here).size).toBe(here.length);
        for (const job of here) expect(running).toContain(job);
        const order = preferences(jobs, nowMs % 7, 3, at, nowMs);
        expect(order.toSorted()).toEqual(running.map(idOf).toSorted());
      }),
    );
  });
});
