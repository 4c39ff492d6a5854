/** The page's side of the sandbox, with a frame that is played. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Timers } from '../runtime/index.ts';
import { createBrowserSandbox } from './browser-sandbox.ts';
import { CALL_TIMEOUT_MS } from './contract.ts';
import type { Sandbox } from './sandbox.ts';

let nowMs = 0;
let timers: { atMs: number; act: () => void }[] = [];
const played: Timers = {
  after(delayMs, act) {
    const timer = { atMs: nowMs + delayMs, act };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  },
};

/** Lets that time pass, and what it leads to happen. */
async function pass(ms: number): Promise<void> {
  nowMs += ms;
  const due = timers.filter(({ atMs }) => atMs <= nowMs);
  timers = timers.filter((one) => !due.includes(one));
  for (const { act } of due) act();
  // Messages arrive once in a turn, and lead to others. So many milliseconds would be one turn of a process that was held up for as long.
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}

/** That worker has loaded its module, and answers each call with one outcome. */
function answering(place: number): void {
  const { port } = started[place] ?? {};
  if (port) port.onmessage = ({ data: { id } }) => port.postMessage({ id, answers: [{ value: 1 }] });
  port?.postMessage({ isReady: true });
}

/** Workers that the frame was asked for, and those that it was told to end. */
let started: { readonly id: number; readonly port: MessagePort }[] = [];
let ended: number[] = [];
/** Frames that were put into the page. */
let frames = 0;
/** Its process is gone: what it is told goes nowhere. */
let isDead = false;
/** Until another tab tries nothing alone any more. */
let otherTab = Promise.resolve();
let sandbox: Sandbox;

beforeEach(() => {
  [nowMs, timers, started, ended, frames, isDead] = [0, [], [], [], 0, false];
  let heard: (event: unknown) => void = () => {};
  const contentWindow = {
    postMessage({ type, id }: { type: string; id: number }, _: string, [port]: MessagePort[] = []) {
      if (isDead) return;
      if (type === 'ask') opens();
      if (type === 'start' && port) started.push({ id, port });
      if (type === 'end') ended.push(id);
    },
  };
  const element = { contentWindow, setAttribute() {}, remove() {} };
  vi.stubGlobal('addEventListener', (_: string, listener: (event: unknown) => void) => {
    heard = listener;
  });
  vi.stubGlobal('removeEventListener', () => {});
  const opens = (): void => queueMicrotask(() => heard({ source: contentWindow, data: { type: 'open' } }));
  const append = (): void => {
    [frames, isDead] = [frames + 1, false];
    opens();
  };
  vi.stubGlobal('document', { createElement: () => element, body: { append } });
  otherTab = Promise.resolve();
  sandbox = createBrowserSandbox({
    ...{ frame: new URL('http://localhost/sandbox.html'), timers: played },
    locks: {
      async request(_, granted) {
        await otherTab;
        return granted();
      },
    },
  });
});

afterEach(() => {
  for (const { port } of started) port.close();
  sandbox.close();
  vi.unstubAllGlobals();
});

describe('the sandbox of a browser', () => {
  it('ends a worker whose module never comes to its end, and begins the next one afresh', async () => {
    const program = sandbox.open('while (true);');
    let failure: unknown;
    const prepared = program.prepare(0).catch((error: unknown) => {
      failure = error;
    });
    await pass(0);
    expect(started).toHaveLength(1);
    await pass(CALL_TIMEOUT_MS - 1);
    expect([failure, ended]).toEqual([undefined, []]);
    await pass(1);
    expect(ended).toEqual([started[0]?.id]);
    await prepared;
    expect(String(failure)).toContain('60 seconds');
    const again = program.prepare(0);
    await pass(0);
    started[1]?.port.postMessage({ isReady: true });
    await again;
    await pass(10 * CALL_TIMEOUT_MS);
    expect(ended).toHaveLength(1);
  });

  it('ends a worker at the call that does not end, not when all of its inputs have had their time', async () => {
    const program = sandbox.open('export default hangs');
    const answered = program.call(0, [1, 2, 3], 0).then(
      (answers) => answers,
      (error: unknown) => String(error),
    );
    await pass(0);
    const { port } = started[0] ?? {};
    const asked = new Promise<{ id: number }>((resolve) => {
      if (port) port.onmessage = ({ data }: MessageEvent<{ id: number }>) => resolve(data);
    });
    port?.postMessage({ isReady: true });
    const { id } = await asked;
    await pass(CALL_TIMEOUT_MS);
    port?.postMessage({ id, done: 1 });
    await pass(0);
    await pass(CALL_TIMEOUT_MS);
    expect(ended).toEqual([]);
    await pass(1_000);
    expect(ended).toHaveLength(1);
    expect(await answered).toContain('60 seconds');
  });

  it('holds no answer that its caller has let go of, however long the worker lives', async () => {
    setFlagsFromString('--expose-gc');
    const program = sandbox.open('export default makes much');
    const answer = async (): Promise<WeakRef<readonly unknown[]>> => {
      const answered = program.call(0, [1], 0);
      await pass(0);
      answering(0);
      return new WeakRef(await answered);
    };
    const answers = await answer();
    await pass(0);
    (runInNewContext('gc') as () => void)();
    expect(answers.deref()).toBeUndefined();
  });

  it('makes its frame anew when that dies, and lets only that fail at which it dies again', async () => {
    const [fair, greedy] = ['fair', 'greedy'].map((name) => sandbox.open(`export default ${name}`));
    const [done, failed] = [fair, greedy].map((program) =>
      program?.call(0, [1, 2], 4).then(() => 'done', String),
    );
    await pass(0);
    expect([started.length, frames]).toEqual([2, 1]);
    isDead = true;
    await pass(5_000);
    await pass(15_000);
    // One after the other.
    expect([started.length, frames]).toEqual([3, 2]);
    answering(2);
    expect(await done).toBe('done');
    await pass(0);
    expect([started.length, ended.at(-1)]).toEqual([4, started[2]?.id]);
    isDead = true;
    await pass(5_000);
    await pass(15_000);
    expect(await failed).toContain('too much memory');
    // Whatever is to do that again fails at once; the rest of it is kept away from the other.
    await expect(greedy?.call(1, [0, 1, 2], 3)).rejects.toThrow('too much memory');
    const last = [greedy?.call(1, [2], 5), fair?.call(1, [1], 5)];
    await pass(0);
    expect([started.length, frames]).toEqual([5, 3]);
    answering(4);
    await pass(0);
    answering(5);
    expect(await Promise.all(last)).toEqual([[{ value: 1 }], [{ value: 1 }]]);
  });

  it('names each of two that take all memory at once, and what shared their frame is done', async () => {
    const names = ['greedy', 'fair', 'greedy, too'];
    const programs = names.map((name) => sandbox.open(`export default ${name}`));
    const ends: string[] = [];
    for (const [i, program] of programs.entries()) {
      const end = (what: string) => (): number => ends.push(`${names[i]}: ${what}`);
      program
        .call(0, [i], i)
        .then(end('done'), (error) => end(/too much memory/.exec(`${error}`)?.[0] ?? '')());
    }
    await pass(0);
    expect(started).toHaveLength(3);
    const dies = async (): Promise<void> => {
      isDead = true;
      await pass(5_000);
      await pass(15_000);
    };
    await dies();
    // One after the other: each bomb dies alone.
    await dies();
    answering(4);
    await pass(0);
    await dies();
    expect(ends).toEqual(['greedy: too much memory', 'fair: done', 'greedy, too: too much memory']);
    expect(started).toHaveLength(6);
    const again = programs[1]?.call(0, [9], 9);
    await pass(0);
    answering(6);
    expect(await again).toEqual([{ value: 1 }]);
  });

  it('starts nothing more of a module at which its frame died alone while it was loaded', async () => {
    const program = sandbox.open('export default takes all memory');
    const failed = program.prepare(0).catch(String);
    for (let i = 0; i < 2; i++) {
      await pass(0);
      isDead = true;
      await pass(5_000);
      await pass(15_000);
    }
    expect(await failed).toContain('too much memory');
    const before = started.length;
    await expect(program.call(0, [1], 0)).rejects.toThrow('too much memory');
    await expect(program.exported(1)).rejects.toThrow('too much memory');
    expect(started).toHaveLength(before);
  });

  it('starts it no more for workers that waited for their turn with the same, either', async () => {
    const program = sandbox.open('export default takes all memory');
    const failed = [0, 1, 2].map((index) => program.prepare(index).catch(String));
    for (let i = 0; i < 2; i++) {
      await pass(0);
      isDead = true;
      await pass(5_000);
      await pass(15_000);
    }
    for (const reason of await Promise.all(failed)) expect(reason).toContain('too much memory');
    expect(started).toHaveLength(3 + 1);
  });

  it('lets go of a program that is closed while it waits for its turn, and starts nothing more for it', async () => {
    const [greedy, other] = [sandbox.open('export default greedy'), sandbox.open('export default other')];
    const both = [greedy, other].map((program) => program.prepare(0).catch(String));
    await pass(0);
    isDead = true;
    await pass(5_000);
    await pass(15_000);
    const said: unknown[] = [];
    for (const one of both) one.then((text) => said.push(text));
    for (const [i, program] of [other, greedy].entries()) {
      program.close();
      await pass(0);
      expect(said).toEqual(Array(i + 1).fill(expect.stringContaining('cancelled')));
    }
    expect(started).toHaveLength(3);
  });

  it('tries nothing alone as long as another tab does, whose frame may be in the same process', async () => {
    const [fair, other] = [sandbox.open('export default fair'), sandbox.open('export default other')];
    const done = fair.prepare(0).then(() => 'done');
    await pass(0);
    let leave = (): void => {};
    otherTab = new Promise((resolve) => {
      leave = resolve;
    });
    isDead = true;
    await pass(5_000);
    await pass(15_000);
    expect([started.length, frames]).toEqual([1, 2]);
    // Meanwhile others go on here.
    const prepared = other.prepare(0);
    await pass(0);
    started[1]?.port.postMessage({ isReady: true });
    await prepared;
    leave();
    await pass(0);
    started[2]?.port.postMessage({ isReady: true });
    expect(await done).toBe('done');
  });

  it('makes no frame for a page that left while the one before was asked', async () => {
    const program = sandbox.open('export default takes all memory');
    program.prepare(0).catch(() => {});
    await pass(0);
    isDead = true;
    const late = program.prepare(1).catch(String);
    await pass(0);
    sandbox.close();
    await pass(15_000);
    expect(frames).toBe(1);
    expect(await late).toContain('the page left');
  });
});
