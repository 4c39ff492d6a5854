import { describe, expect, it } from 'vitest';
import type { JobId } from './contract.ts';
import { FIRST_CONTROL } from './control.ts';
import { named } from './description.ts';
import { coordinator, heir, setUp } from './lender.testing.ts';
import { MAX_CHECKS, MAX_LEASES } from './messages.ts';

/** Jobs that the workers ask, in the order of the workers. */
function asked(
  { lender, prepare, pulls }: ReturnType<typeof setUp>,
  ids: readonly JobId[],
): readonly JobId[] {
  for (const id of ids) lender.handle({ type: 'opened', id }, 0);
  prepare();
  return pulls().map(({ id }) => id);
}

describe('a Lender', () => {
  it('has the inputs of two Jobs at a time, the higher priority first', () => {
    const { opened, offer } = setUp(1);
    const low = offer({ priority: 1 });
    const high = offer({ priority: 3 });
    offer({ priority: 2 });
    expect(opened).toEqual([low, high]);
  });

  it('makes room for a Job of a higher priority, when its workers are at no Task of the one that goes', () => {
    const set = setUp(1);
    const { lender, offer, opened, shut, running, grant, said } = set;
    const [first, second] = [offer({ priority: 1 }), offer({ priority: 2 })];
    asked(set, [first]);
    grant(first, 0, [0, 1, 2]);
    const urgent = offer({ priority: 4 });
    expect(said).toContainEqual({ type: 'release', id: first, term: 1, worker: 0 });
    expect([opened, shut]).toEqual([[first, second], []]);
    const [work] = running;
    if (work) lender.handle({ type: 'ran', worker: work.worker, bytes: Uint8Array.of(1), elapsedMs: 5 }, 10);
    expect([opened, shut]).toEqual([[first, second, urgent], [first]]);
  });

  it('makes room for the most urgent Job of a person where that one has a place, not where another has it', () => {
    const { offer, opened, shut } = setUp(1);
    const other = offer({ priority: 1 }, 0, heir);
    const own = offer({ priority: 2 });
    expect(opened).toEqual([other, own]);
    const urgent = offer({ priority: 4 });
    expect(shut).toEqual([own]);
    offer({ priority: 2 }, 0, heir);
    expect(shut).toEqual([own, other]);
    expect(opened).toContain(urgent);
  });

  it('works for the higher priority, and for a lower one only when that has nothing', () => {
    const set = setUp(2);
    const [low, high] = [set.offer({ priority: 1 }), set.offer({ priority: 3 })];
    expect(asked(set, [low, high])).toEqual([low, low, high, high].filter((id) => id === high));
    set.grant(high, 0, []);
    set.prepare();
    expect(set.pulls().at(-1)).toMatchObject({ id: low, worker: 0 });
  });

  it('divides its workers among Jobs of the same priority', () => {
    const set = setUp(4);
    const ids = [set.offer(), set.offer()];
    for (const id of ids) set.lender.handle({ type: 'opened', id }, 0);
    set.prepare();
    const counts = ids.map((one) => set.pulls().filter(({ id }) => id === one).length);
    expect(counts.every((count) => count >= 2)).toBe(true);
  });

  it('lets one worker serve Jobs of the same priority by turns', () => {
    const set = setUp(1);
    const ids = [set.offer(), set.offer()];
    for (const id of ids) set.lender.handle({ type: 'opened', id }, 0);
    const served = [5_000, 15_000].map((nowMs) => {
      set.lender.wake(nowMs);
      set.prepare(nowMs);
      for (const id of ids) set.lender.resync(id, nowMs);
      set.prepare(nowMs);
      return set.pulls().at(-1)?.id;
    });
    expect(new Set(served)).toEqual(new Set(ids));
  });

  it('does not work for a paused Job, and keeps no place for it', () => {
    const { offer, opened } = setUp(1);
    const paused = offer({ phase: 'paused' });
    const [a, b] = [offer(), offer()];
    expect(opened).toEqual([a, b]);
    expect(opened).not.toContain(paused);
  });

  it('keeps what it made, tells the next coordinator so, and answers a lease of it at once', () => {
    const set = setUp(1);
    const { lender, running, results, grant, pulls, said } = set;
    const id = set.offer();
    asked(set, [id]);
    grant(id, 0, [3, 4, 5]);
    const finish = (): void => {
      const work = running.shift();
      if (work)
        lender.handle(
          { type: 'ran', worker: work.worker, bytes: Uint8Array.of(work.task), elapsedMs: 5 },
          10,
        );
    };
    finish();
    expect(results).toMatchObject([{ term: 1, lease: { task: 3, fence: 103 } }]);
    const description = {
      ...named({
        kind: 'sum',
        title: '',
        taskCount: 99,
        spec: Uint8Array.of(),
        submitter: coordinator,
        submittedAtMs: 0,
      }),
    };
    lender.offer(description, { number: 2, node: heir }, FIRST_CONTROL, 20);
    expect(pulls().at(-1)).toMatchObject({ term: 2, held: Uint32Array.of(3) });
    grant(id, 0, [9], 1); // of the one before: void
    finish(); // Task 4, of the lease of before: told, not sent
    expect(results).toHaveLength(1);
    grant(id, 0, [3, 8], 2, heir);
    expect(results.at(-1)).toMatchObject({ term: 2, lease: { task: 3, fence: 203 } });
    expect(running.map(({ task }) => task)).toEqual([8]);
    expect(pulls().at(-1)).toMatchObject({ held: Uint32Array.of(4) });
    expect(said.some(({ type }) => type === 'failure')).toBe(false);
  });

  it('is not kept from its Tasks by many small checks on their way', () => {
    const { lender, results, running, offer, prepare, grant } = setUp(1, false);
    const id = offer();
    lender.handle({ type: 'opened', id }, 0);
    prepare();
    const checks = Array.from({ length: 8 }, (_, i) => ({
      task: i,
      fence: i,
      range: { first: 0, count: 1 },
    }));
    lender.received(coordinator, { type: 'check', id, term: 1, worker: 0, checks }, 0);
    grant(id, 0, [20]);
    for (let i = 0; i < checks.length; i++) {
      const worker = running.at(-1)?.worker;
      if (worker) lender.handle({ type: 'ran', worker, bytes: Uint8Array.of(1), elapsedMs: 1 }, i);
    }
    expect(results).toHaveLength(checks.length);
    expect(running.at(-1)?.task).toBe(20);
  });

  it('asks a blocked worker no more, and says why nobody here helps', () => {
    const set = setUp(2);
    const id = set.offer();
    asked(set, [id]);
    const before = set.pulls().length;
    const blocked = { type: 'blocked', id, term: 1 } as const;
    for (const worker of [0, 1]) {
      set.lender.received(coordinator, { ...blocked, worker, reason: 'it failed' }, 0);
    }
    set.lender.received(heir, { ...blocked, worker: 0, reason: 'forged' }, 0);
    for (let nowMs = 1_000; nowMs < 60_000; nowMs += 1_000) set.lender.wake(nowMs);
    expect(set.pulls()).toHaveLength(before);
    expect(set.refusals).toEqual(['it failed']);
    expect(set.lender.neglected(60_000)).toEqual([]);
  });

  it('tries three times for the inputs, says why they do not come, and goes on trying seldom', () => {
    const { lender, offer, opened, refusals, said } = setUp(1);
    const id = offer();
    let nowMs = 0;
    for (; nowMs < 20_000; nowMs += 500) {
      lender.handle({ type: 'open-failed', id, isRefused: false, reason: 'nobody has it' }, nowMs);
      lender.wake(nowMs);
    }
    expect([opened.length, refusals]).toEqual([3, ['nobody has it']]);
    expect(said).toContainEqual({ type: 'refused', id, reason: 'nobody has it' });
    for (; nowMs < 40_000; nowMs += 500) lender.wake(nowMs);
    expect(opened).toHaveLength(4);
  });

  it('tries for the inputs soon when somebody has work of the Job while nobody had when they did not come', () => {
    const { lender, offer, opened } = setUp(1);
    const id = offer();
    let nowMs = 0;
    const work = (tasks: number): void => {
      lender.progress(id, 0, tasks, nowMs);
      for (const untilMs = nowMs + 5_000; nowMs < untilMs; nowMs += 500) {
        lender.wake(nowMs);
        lender.handle({ type: 'open-failed', id, isRefused: false, reason: 'nobody has it' }, nowMs);
      }
    };
    work(0);
    expect(opened).toHaveLength(3);
    work(1);
    expect(opened).toHaveLength(4);
    work(2);
    expect(opened).toHaveLength(4);
  });

  it('names a coordinator that gives nothing while workers wait', () => {
    const set = setUp(1);
    const id = set.offer();
    asked(set, [id]);
    expect(set.lender.neglected(9_999)).toEqual([]);
    expect(set.lender.neglected(10_000)).toEqual([id]);
    set.grant(id, 0, [1], 1, coordinator, 10_000);
    expect(set.lender.neglected(19_999)).toEqual([]);
  });

  it('gives a worker index to nobody else while its last Task is still running', () => {
    const set = setUp(1);
    const id = set.offer();
    asked(set, [id]);
    set.grant(id, 0, [1]);
    set.lender.handle({ type: 'workers', count: 0 }, 0);
    set.lender.handle({ type: 'workers', count: 1 }, 0);
    set.grant(id, 0, [2]);
    expect(set.running).toHaveLength(1);
    const [work] = set.running;
    if (work)
      set.lender.handle({ type: 'ran', worker: work.worker, bytes: Uint8Array.of(1), elapsedMs: 5 }, 10);
    expect(set.running.map(({ task }) => task)).toEqual([1, 2]);
  });
});

describe('a coordinator that gives out more than anybody could do', () => {
  it('fills no memory: a worker has so many Leases and checks of a Job at a time, and the rest is dropped', () => {
    const world = setUp(1);
    const { lender, running, offer, prepare, grant } = world;
    const id = offer();
    lender.handle({ type: 'opened', id }, 0);
    prepare();
    const range = { first: 0, count: 1 };
    for (let message = 0; message < 4; message++) {
      grant(
        id,
        0,
        Array.from({ length: MAX_LEASES }, (_, i) => message * MAX_LEASES + i),
      );
      const checks = Array.from({ length: MAX_CHECKS }, (_, i) => ({ task: i, fence: 2 ** 31 + i, range }));
      lender.received(coordinator, { type: 'check', id, term: 1, worker: 0, checks }, 0);
    }
    let runs = 0;
    for (let next = running.shift(); next; next = running.shift()) {
      runs++;
      lender.handle({ type: 'ran', worker: next.worker, bytes: Uint8Array.of(1), elapsedMs: 1 }, 0);
    }
    // One was at work already.
    expect(runs).toBeLessThanOrEqual(1 + MAX_LEASES + MAX_CHECKS);
    expect(runs).toBeGreaterThanOrEqual(MAX_LEASES + MAX_CHECKS);
  });

  it('is sent each result that is here a bounded number of times', () => {
    const { lender, running, results, offer, prepare, grant } = setUp(1);
    const id = offer();
    lender.handle({ type: 'opened', id }, 0);
    prepare();
    grant(id, 0, [7]);
    const [first] = running;
    if (!first) throw new Error('it does not work');
    lender.handle({ type: 'ran', worker: first.worker, bytes: Uint8Array.of(1), elapsedMs: 1 }, 0);
    const before = results.length;
    grant(id, 0, new Array(MAX_LEASES).fill(7));
    expect(results.length - before).toBe(1);
  });
});
