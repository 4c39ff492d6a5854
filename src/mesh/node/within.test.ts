import { expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import { type Limits, within } from './within.ts';

/** Limits whose time is passed by hand. */
function setting(change: Partial<Limits> = {}) {
  const waiting = new Set<() => void>();
  const closing = new AbortController();
  const limits: Limits = {
    purpose: { kind: 'request', target: newNodeId(seededRandom(1)), name: 'x' },
    timers: {
      after(_, callback) {
        waiting.add(callback);
        return () => waiting.delete(callback);
      },
    },
    timeoutMs: 50,
    signal: undefined,
    closing: closing.signal,
    ...change,
  };
  const passTime = (): void => {
    for (const callback of [...waiting]) callback();
  };
  return { limits, passTime, closing, waiting };
}
const never = (): Promise<never> => new Promise(() => undefined);
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'done',
    ({ code }: { code: unknown }) => code,
  );

it('ends with its answer or its error, and leaves no timer behind', async () => {
  const { limits, waiting } = setting();
  expect(await within(() => Promise.resolve(7), limits)).toBe(7);
  await expect(within(() => Promise.reject(new Error('no ink')), limits)).rejects.toThrow('no ink');
  expect(waiting.size).toBe(0);
});

it('ends when its time has passed', async () => {
  const { limits, passTime } = setting();
  const outcome = codeOf(within(never, limits));
  passTime();
  expect(await outcome).toBe('request-timeout');
});

it('waits without a timer when its time is endless', () => {
  const { limits, waiting } = setting({ timeoutMs: Number.POSITIVE_INFINITY });
  void within(never, limits);
  expect(waiting.size).toBe(0);
});

it('ends when its signal aborts, and is not begun when it had', async () => {
  const controller = new AbortController();
  const { limits } = setting({ signal: controller.signal });
  const outcome = codeOf(within(never, limits));
  controller.abort(new Error('never mind'));
  expect(await outcome).toBe('cancelled');
  let hasBegun = false;
  const late = within(() => {
    hasBegun = true;
    return never();
  }, limits);
  await expect(late).rejects.toMatchObject({ code: 'cancelled', cause: new Error('never mind') });
  expect(hasBegun).toBe(false);
});

it('ends when the Node closes', async () => {
  const { limits, closing } = setting();
  const outcome = codeOf(within(never, limits));
  closing.abort();
  expect(await outcome).toBe('node-closed');
});
