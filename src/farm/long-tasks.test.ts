/** A Lender and Tasks that take long, and a coordinator that makes nothing of what is brought. */
import { describe, expect, it } from 'vitest';
import { coordinator, heir, setUp } from './lender.testing.ts';

describe('a Lender', () => {
  /** One worker that has put a long Task aside, with more of its Job behind it, and is at one of another person's now. */
  function besidesLongTask() {
    const set = setUp(1);
    const { lender, offer, prepare, grant, running, pulls } = set;
    const [long, other] = [offer(), offer({}, 0, heir)];
    for (const id of [long, other]) lender.handle({ type: 'opened', id }, 0);
    prepare();
    grant(long, 0, [0, 1, 2, 3]);
    let nowMs = 0;
    const atWork = () => running.at(-1);
    /** Turn after turn, until that is so. */
    const putAsideUntil = (isSo: () => boolean): void => {
      for (let turns = 0; !isSo() && turns < 10; turns++) {
        nowMs += 5_000;
        const worker = atWork()?.worker;
        if (worker) lender.handle({ type: 'put-aside', worker }, nowMs);
        prepare(nowMs);
      }
    };
    const askedOther = () => pulls().some(({ id }) => id === other);
    expect(askedOther()).toBe(false);
    putAsideUntil(askedOther);
    expect(askedOther()).toBe(true);
    expect(atWork()).toMatchObject({ id: long, task: 0 });
    grant(other, 0, [7], 1, coordinator, nowMs);
    putAsideUntil(() => atWork()?.id === other);
    return { ...set, long, other, atWork, putAsideUntil, now: () => nowMs };
  }

  it('lets others come before the rest of a Task that takes long, when it is their turn, and asks them for work', () => {
    const { long, other, atWork, putAsideUntil } = besidesLongTask();
    expect(atWork()).toMatchObject({ id: other, task: 7 });
    putAsideUntil(() => atWork()?.id === long);
    // It goes on where it was, before it begins another one.
    expect(atWork()).toMatchObject({ id: long, task: 0 });
  });

  it('does not go on with a Task that was taken back while others had the worker', () => {
    const { lender, long, atWork, putAsideUntil, now } = besidesLongTask();
    const leases = [{ task: 0, fence: 100 }];
    lender.received(coordinator, { type: 'revoke', id: long, term: 1, worker: 0, leases }, now());
    putAsideUntil(() => atWork()?.id === long);
    expect(atWork()).toMatchObject({ id: long, task: 1 });
  });

  it('goes on at once with a Task that takes long while nobody else wants anything', () => {
    const { lender, offer, prepare, grant, running, pulls } = setUp(1);
    const id = offer();
    lender.handle({ type: 'opened', id }, 0);
    prepare();
    grant(id, 0, [0, 1, 2, 3]);
    const worker = running[0]?.worker;
    const asked = pulls().length;
    for (const atMs of [5_000, 10_000]) if (worker) lender.handle({ type: 'put-aside', worker }, atMs);
    expect(running.map(({ task }) => task)).toEqual([0, 0, 0]);
    // With more of it the worker could do nothing.
    expect(pulls()).toHaveLength(asked);
  });

  it('gives up a coordinator that takes more results of it than the Job can have, twice over', () => {
    const set = setUp(1);
    const { lender, offer, prepare, grant, running } = set;
    const id = offer();
    lender.handle({ type: 'opened', id }, 0);
    prepare();
    const bring = (times: number): void => {
      for (let i = 0; i < times; i++) {
        grant(id, 0, [i % 99], 1);
        lender.progress(id, i, 1, 0);
        const work = running.at(-1);
        if (work)
          lender.handle({ type: 'ran', worker: work.worker, bytes: Uint8Array.of(1), elapsedMs: 1 }, 0);
      }
    };
    bring(2 * 99 + 64);
    expect(lender.neglected(1)).toEqual([]);
    bring(1);
    expect(lender.neglected(1)).toEqual([id]);
  });
});
