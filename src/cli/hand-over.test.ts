import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Helper } from '../farm/index.ts';
import type { Member } from '../library/index.node.ts';
import { handedOver, secondCopy } from './hand-over.ts';
import { otherNode, someNode } from './job-views.testing.ts';

const self = { id: someNode, isSelf: true, attributes: {} } as Member;
const other = { id: otherNode, isSelf: false, attributes: { name: 'laptop' } } as unknown as Member;
const alone = { members: () => [self] };
const together = { members: () => [self, other] };
const { signal } = new AbortController();

const helper = (part: Partial<Helper>): Helper => ({
  ...{ node: otherNode, state: 'fetching', reason: undefined, receivedBytes: 0, totalBytes: 100, checked: 0 },
  ...part,
});

/** A job that the test changes. */
function heldJob() {
  return { isOnlyHere: true, progress: { helpers: [] as Helper[] } };
}
type Held = Parameters<typeof secondCopy>[0];

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('a second copy', () => {
  it('is waited for as long as somebody receives the scene, however long that takes', async () => {
    const job = heldJob();
    let isHeld = false;
    void secondCopy(job as unknown as Held, together, { timeoutMs: 1_000, signal }).then(() => {
      isHeld = true;
    });
    for (let receivedBytes = 0; receivedBytes < 10; receivedBytes++) {
      job.progress.helpers = [helper({ receivedBytes })];
      await vi.advanceTimersByTimeAsync(900);
    }
    expect(isHeld).toBe(false);
    job.isOnlyHere = false;
    await vi.advanceTimersByTimeAsync(100);
    expect(isHeld).toBe(true);
  });

  it('is given up when nothing more comes, with the reasons of those who refuse it', async () => {
    const job = heldJob();
    job.progress.helpers = [
      helper({ state: 'refused', reason: 'another\nkernel' }),
      helper({ state: 'fetching' }),
    ];
    const waiting = secondCopy(job as unknown as Held, together, { timeoutMs: 1_000, signal });
    const failed = expect(waiting).rejects.toThrow(
      'none of the others took the render over (laptop: another kernel): whoever does lends workers',
    );
    await vi.advanceTimersByTimeAsync(1_200);
    await failed;
  });

  it('is nobody`s when nobody is there', async () => {
    const waiting = secondCopy(heldJob() as unknown as Held, alone, { timeoutMs: 1_000, signal });
    const failed = expect(waiting).rejects.toThrow(/nobody else is in the network.*leafcutter join/);
    await vi.advanceTimersByTimeAsync(1_200);
    await failed;
  });

  it('is not waited for any more when the person is not', async () => {
    const abort = new AbortController();
    const waiting = secondCopy(heldJob() as unknown as Held, together, {
      ...{ timeoutMs: 60_000, signal: abort.signal },
    });
    const failed = expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await vi.advanceTimersByTimeAsync(200);
    abort.abort();
    await failed;
  });
});

describe('a Node that leaves', () => {
  const left = (jobs: readonly unknown[], mesh: typeof together, limitMs: number) => {
    const state = { hasLeft: false };
    void handedOver(() => jobs as readonly Held[], mesh, limitMs).then(() => {
      state.hasLeft = true;
    });
    return state;
  };

  it('waits until another one has what only it had', async () => {
    const [one, two] = [heldJob(), heldJob()];
    const state = left([one, two], together, 10_000);
    one.isOnlyHere = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(state.hasLeft).toBe(false);
    two.isOnlyHere = false;
    await vi.advanceTimersByTimeAsync(100);
    expect(state.hasLeft).toBe(true);
  });

  it('waits for nobody where nobody is, and not for ever', async () => {
    const lonely = left([heldJob()], alone, 10_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(lonely.hasLeft).toBe(true);
    const late = left([heldJob()], together, 1_000);
    await vi.advanceTimersByTimeAsync(900);
    expect(late.hasLeft).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(late.hasLeft).toBe(true);
  });
});
