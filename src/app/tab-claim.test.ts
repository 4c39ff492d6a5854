import { describe, expect, it } from 'vitest';
import type { Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';
import {
  type Claimant,
  claimFreshKey,
  claimKey,
  type TabBrowser,
  type TabChannel,
  type TabLocks,
} from './tab-claim.ts';

const ID = 'aaaaaaaa-0000-8000-8000-000000000000' as NodeId;
const OTHER = 'bbbbbbbb-0000-8000-8000-000000000000' as NodeId;
const tab = (life: number, ticket = 1, id = ID): Claimant => ({ id, life, ticket });

/** Lets promises that are settled be noticed. */
async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** The tabs of one browser. Messages arrive at once, but at frozen tabs when they thaw. */
class Browser {
  readonly #hasLocks: boolean;
  readonly #queues = new Map<string, (() => void)[]>();
  readonly #tabs = new Set<{ hear: (data: unknown) => void }>();
  readonly #timers: { at: number; callback: () => void }[] = [];
  #now = 0;

  constructor(hasLocks: boolean) {
    this.#hasLocks = hasLocks;
  }

  get said(): TabChannel {
    return this.#channel(() => false, []);
  }

  /** A page that opens. */
  page(isFrozen = () => false, missed: (() => void)[] = [], isReload = false): TabBrowser {
    const locks: TabLocks = {
      request: async (name, granted) => {
        const queue = this.#queues.get(name) ?? [];
        this.#queues.set(name, queue);
        await new Promise<void>((resolve) => {
          queue.push(resolve);
          if (queue.length === 1) resolve();
        });
        await granted();
        queue.shift();
        queue[0]?.();
      },
    };
    const timers: Timers = {
      after: (delayMs, callback) => {
        this.#timers.push({ at: this.#now + delayMs, callback });
        return () => {};
      },
    };
    const channel = this.#channel(isFrozen, missed);
    return { locks: this.#hasLocks ? locks : undefined, channel, timers, isReload };
  }

  async pass(ms: number): Promise<void> {
    await turn();
    this.#now += ms;
    for (const { at, callback } of this.#timers) if (at <= this.#now) callback();
    await turn();
  }

  #channel(isFrozen: () => boolean, missed: (() => void)[]): TabChannel {
    const self = { hear: (_: unknown): void => {} };
    this.#tabs.add(self);
    return {
      postMessage: (data) => {
        for (const other of [...this.#tabs]) if (other !== self) other.hear(structuredClone(data));
      },
      addEventListener: (_, listener) => {
        self.hear = (data) => {
          if (isFrozen()) missed.push(() => listener({ data }));
          else listener({ data });
        };
      },
      close: () => this.#tabs.delete(self),
    };
  }
}

describe.each([true, false])('a key that tabs share (the browser has locks: %s)', (hasLocks) => {
  it('is the living tab’s: a copy is told at once, and its opener notices nothing', async () => {
    const browser = new Browser(hasLocks);
    const first = claimKey(tab(10), browser.page());
    await browser.pass(5000);
    const claim = await first;
    const lost: string[] = [];
    claim?.onLost(() => lost.push('first'));
    expect(await claimKey(tab(11), browser.page())).toBeUndefined();
    await browser.pass(5000);
    expect(lost).toEqual([]);
  });

  it('comes back with a reload, though it asks before the old page has let go', async () => {
    const browser = new Browser(hasLocks);
    const first = claimKey(tab(10), browser.page());
    await browser.pass(5000);
    const claim = await first;
    claim?.release();
    claim?.release();
    const again = claimKey(tab(11), browser.page());
    await browser.pass(5000);
    expect(await again).toBeDefined();
  });

  it('goes to one of two that ask at the same moment', async () => {
    const browser = new Browser(hasLocks);
    const both = [tab(10, 1), tab(10, 2)].map((one) => claimKey(one, browser.page()));
    await browser.pass(5000);
    expect((await Promise.all(both)).filter((claim) => claim !== undefined)).toHaveLength(1);
  });

  it('is claimed at once when it is fresh, and beside others', async () => {
    const browser = new Browser(hasLocks);
    const claim = claimFreshKey(tab(10), browser.page());
    claimFreshKey(tab(10, 1, OTHER), browser.page());
    expect(await claimKey(tab(12), browser.page())).toBeUndefined();
    claim.release();
    const again = claimKey(tab(13), browser.page());
    await browser.pass(5000);
    expect(await again).toBeDefined();
  });

  it('minds no nonsense, and does without a channel', async () => {
    const browser = new Browser(hasLocks);
    const first = claimKey(tab(10), { ...browser.page(), channel: undefined });
    const second = claimKey(tab(10, 1, OTHER), browser.page());
    const mine = { type: 'mine', id: OTHER, life: 99, ticket: 1 };
    browser.said.postMessage({ ...mine, type: 'taken', ticket: 9 }); // for somebody else who asked
    for (const data of [
      null,
      7,
      'x',
      {},
      { ...mine, type: 'x' },
      { ...mine, life: 'late' },
      { ...mine, id: ID },
    ])
      browser.said.postMessage(data);
    await browser.pass(5000);
    expect(await first).toBeDefined();
    expect(await second).toBeDefined();
  });
});

describe('where there are locks', () => {
  it('a tab that is frozen keeps its key', async () => {
    const browser = new Browser(true);
    let isFrozen = false;
    const first = claimKey(
      tab(10),
      browser.page(() => isFrozen),
    );
    await browser.pass(5000);
    await first;
    isFrozen = true;
    const copy = claimKey(tab(11), browser.page());
    await browser.pass(5000);
    expect(await copy).toBeUndefined();
  });

  it('who has given up does not get the key later', async () => {
    const browser = new Browser(true);
    let isFrozen = false;
    const first = claimKey(
      tab(10),
      browser.page(() => isFrozen),
    );
    await browser.pass(5000);
    isFrozen = true;
    const copy = claimKey(tab(11), browser.page());
    await browser.pass(5000);
    await copy;
    (await first)?.release();
    const again = claimKey(tab(12), browser.page());
    await browser.pass(1);
    expect(await again).toBeDefined();
  });
});

describe('without locks', () => {
  it('a copy waits until an opener that has much to do answers, which a reload has no need of', async () => {
    const browser = new Browser(false);
    const missed: (() => void)[] = [];
    let isBusy = false;
    const opener = claimKey(
      tab(10),
      browser.page(() => isBusy, missed),
    );
    await browser.pass(5000);
    await opener;
    isBusy = true;
    const copy = claimKey(tab(11), browser.page());
    await browser.pass(1000);
    for (const hear of missed.splice(0)) hear();
    await browser.pass(1000);
    expect(await copy).toBeUndefined();
    (await opener)?.release();
    const again = claimKey(tab(12), browser.page(undefined, undefined, true));
    await browser.pass(300);
    expect(await again).toBeDefined();
  });

  it('a tab that was frozen learns that a later life has its key, and the later one stays', async () => {
    const browser = new Browser(false);
    let isFrozen = false;
    const missed: (() => void)[] = [];
    const lost: string[] = [];
    const first = claimKey(
      tab(10),
      browser.page(() => isFrozen, missed),
    );
    await browser.pass(5000);
    (await first)?.onLost(() => lost.push('first'));
    isFrozen = true;
    const second = claimKey(tab(11), browser.page());
    await browser.pass(5000);
    (await second)?.onLost(() => lost.push('second'));
    isFrozen = false;
    for (const hear of missed) hear();
    expect(lost).toEqual(['first']);
  });

  it('an earlier life that speaks up is told of the later one', async () => {
    const browser = new Browser(false);
    const lost: string[] = [];
    const later = claimKey(tab(11), browser.page());
    await browser.pass(5000);
    (await later)?.onLost(() => lost.push('later'));
    claimFreshKey(tab(10), browser.page()).onLost(() => lost.push('earlier'));
    expect(lost).toEqual(['earlier']);
  });
});
