import { describe, expect, it } from 'vitest';
import { type CoreChannel, type CoreClaim, type CoreLocks, claimCores } from './core-claim.ts';

interface Request {
  readonly mode: 'exclusive' | 'shared';
  readonly isDead: () => boolean;
  readonly run: () => Promise<void>;
  isHeld: boolean;
}

/** Lets promises that are settled be noticed. */
async function turn(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

/** The tabs of one browser: named locks with queues, and one channel. */
class Browser {
  readonly #queues = new Map<string, Request[]>();
  readonly #listeners = new Map<object, () => void>();

  tab(openedAtMs: number, cores = 8): { claim: CoreClaim; share: () => number; crash: () => void } {
    let isDead = false;
    let share = 0;
    const key = {};
    const locks: CoreLocks = {
      request: (name, { mode, signal }, granted) => {
        const queue = this.#queues.get(name) ?? [];
        this.#queues.set(name, queue);
        const request: Request = {
          mode,
          isHeld: false,
          isDead: () => isDead || (signal?.aborted ?? false),
          run: async () => {
            await granted();
            queue.splice(queue.indexOf(request), 1);
            this.#grant(queue);
          },
        };
        queue.push(request);
        this.#grant(queue);
        return new Promise(() => {});
      },
      query: async () => ({
        held: [...this.#queues].flatMap(([name, queue]) =>
          queue.flatMap(({ isHeld, mode }) => (isHeld ? [{ name, mode }] : [])),
        ),
      }),
    };
    const channel: CoreChannel = {
      postMessage: () => {
        for (const [other, listener] of this.#listeners) if (other !== key) listener();
      },
      addEventListener: (_, listener) => this.#listeners.set(key, listener),
      close: () => this.#listeners.delete(key),
    };
    const claim = claimCores({
      ...{ locks, channel, cores, openedAtMs, name: `tab-${9 - openedAtMs}` },
      onShare: (workers) => {
        share = workers;
      },
    });
    const crash = (): void => {
      isDead = true;
      this.#listeners.delete(key);
      for (const queue of this.#queues.values()) {
        for (const request of [...queue]) if (request.isDead()) queue.splice(queue.indexOf(request), 1);
        this.#grant(queue);
      }
    };
    return { claim, share: () => share, crash };
  }

  #grant(queue: readonly Request[]): void {
    for (const [at, request] of queue.entries()) {
      if (at > 0 && (request.mode === 'exclusive' || queue[0]?.mode === 'exclusive')) return;
      if (request.isHeld) continue;
      request.isHeld = true;
      void request.run();
    }
  }
}

describe('the tabs of a browser', () => {
  it('have each what they wish alone, and share the cores as soon as another has work', async () => {
    const browser = new Browser();
    const [first, second] = [browser.tab(1), browser.tab(2)];
    first.claim.wish(8);
    await turn();
    expect([first.share(), second.share()]).toEqual([8, 0]);
    second.claim.wish(8);
    await turn();
    expect([first.share(), second.share()]).toEqual([4, 4]);
  });

  it('have the cores again of a tab that has nothing to do any more, or is closed, or crashes', async () => {
    const browser = new Browser();
    const endings = [
      (tab: ReturnType<Browser['tab']>) => tab.claim.wish(0),
      (tab: ReturnType<Browser['tab']>) => tab.claim.close(),
      (tab: ReturnType<Browser['tab']>) => tab.crash(),
    ];
    const first = browser.tab(1);
    first.claim.wish(8);
    for (const [at, end] of endings.entries()) {
      const other = browser.tab(2 + at);
      other.claim.wish(8);
      await turn();
      expect([first.share(), other.share()]).toEqual([4, 4]);
      end(other);
      await turn();
      expect(first.share()).toBe(8);
    }
  });

  it('follow a wish that changes, fewer at once', async () => {
    const browser = new Browser();
    const [first, second] = [browser.tab(1), browser.tab(2)];
    first.claim.wish(8);
    second.claim.wish(8);
    await turn();
    first.claim.wish(2);
    expect(first.share()).toBe(2);
    await turn();
    expect([first.share(), second.share()]).toEqual([2, 6]);
    first.claim.wish(8);
    await turn();
    expect([first.share(), second.share()]).toEqual([4, 4]);
    first.claim.wish(0);
    await turn();
    expect(second.share()).toBe(8);
  });

  it('agree on who is older, whatever they were asked first', async () => {
    const browser = new Browser();
    const [younger, older] = [browser.tab(2, 7), browser.tab(1, 7)];
    younger.claim.wish(7);
    older.claim.wish(7);
    await turn();
    expect([older.share(), younger.share()]).toEqual([4, 3]);
  });

  it('ask nobody once they are closed', async () => {
    const browser = new Browser();
    const tab = browser.tab(1);
    tab.claim.close();
    tab.claim.wish(8);
    await turn();
    expect(tab.share()).toBe(0);
  });

  it('take what they wish where the browser has no locks', () => {
    const shares: number[] = [];
    const claim = claimCores({
      ...{ locks: undefined, channel: undefined, cores: 8, openedAtMs: 1, name: 'alone' },
      onShare: (workers) => shares.push(workers),
    });
    claim.wish(8);
    expect(shares).toEqual([8]);
  });
});
