/**
 * Rooms in real tabs, beside what others use: all ways in the same tabs, one after the other. Each tab is a profile of its own, so that
 * nothing goes between two but by network.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../../../e2e/support/chromium.ts';
import { serveHarness } from '../../../e2e/support/harness-pages.ts';
import { median } from '../../common/statistics.ts';
import type { Ports, WayName } from './document.ts';
import { startServers } from './servers.ts';

const PAGE = 'bench/rooms/tabs/index.html';
const ONE_BY_ONE = 200;
const EVERY_MS = 25;
const TOGETHER = 2_000;
/** Each entry is written ten times. */
const JOIN = { updates: 10_000, entries: 1_000, valueBytes: 1_000 };
const MISSED = 1_000;
const BURST_EACH = 10;
/** 4.9 MB, in updates of 245 KB. */
const LARGE = { entries: 20, valueBytes: 245_000 };
const PAUSE_MS = 2_500;
/** A newcomer's snapshot is made meanwhile, and whatever others do after they have written. */
const SETTLE_MS = 5_000;
const LONGEST_MS = 120_000;
const CLOSING_MS = 5_000;

/** What can be measured, each alone or with others. */
export const ROW_NAMES = ['latency', 'throughput', 'join', 'snapshot', 'back', 'burst'] as const;
export type RowName = (typeof ROW_NAMES)[number];

export interface TabsOptions {
  readonly tabs: number;
  readonly burstTabs: number;
  readonly awaySeconds: number;
  readonly rows: readonly RowName[];
}

/** A figure of each way that has it; NaN where it did not come to an end. */
export interface TabsRow {
  readonly text: string;
  readonly goal: string;
  readonly figures: Partial<Record<WayName | 'raw', number>>;
}

/** False: the peers are not installed. */
export const arePeersInstalled = (): boolean => existsSync(new URL('node_modules', import.meta.url));

export async function measureTabs(options: TabsOptions): Promise<readonly TabsRow[]> {
  const servers = await startServers();
  const pages = await serveHarness(PAGE);
  const browser = await chromium.launch(chromiumLaunchOptions);
  try {
    return await new Measurement(browser, `${pages.url}${PAGE}`, servers.ports).all(options);
  } finally {
    await browser.close();
    await pages.close();
    await servers.close();
  }
}

class Measurement {
  readonly #browser: Browser;
  readonly #address: string;
  readonly #ports: Ports;

  constructor(browser: Browser, address: string, ports: Ports) {
    this.#browser = browser;
    this.#address = address;
    this.#ports = ports;
  }

  async all({ tabs, burstTabs, awaySeconds, rows }: TabsOptions): Promise<readonly TabsRow[]> {
    const pages = await this.#newTabs(tabs);
    const measured: TabsRow[] = [];
    if (rows.includes('latency')) measured.push(...(await this.#latency(pages)));
    if (rows.includes('throughput')) measured.push(await this.#throughput(pages));
    if (rows.includes('join')) measured.push(await this.#join(pages));
    if (rows.includes('snapshot')) measured.push(await this.#snapshot(pages));
    await Promise.all(pages.map((page) => page.context().close()));
    if (rows.includes('back')) measured.push(...(await this.#back(awaySeconds)));
    if (rows.includes('burst')) measured.push(await this.#burst(burstTabs));
    return measured;
  }

  async #latency(pages: readonly Page[]): Promise<readonly TabsRow[]> {
    const medians: TabsRow['figures'] = {};
    const tails: TabsRow['figures'] = {};
    for (const way of ['rooms', 'y-webrtc', 'y-websocket'] as const) {
      const delays =
        (await this.#within(way, pages, async ([writer, ...others]) => {
          await Promise.all(others.map((page) => evaluate(page, () => window.roomsBench.watch(), undefined)));
          const setAt = await evaluate(
            writer,
            ([every, count]) => window.roomsBench.setEvery(every, 'one', count),
            [EVERY_MS, ONE_BY_ONE] as const,
          );
          await untilAll(others, pages.length + ONE_BY_ONE);
          const seen = await Promise.all(
            others.map((page) => evaluate(page, () => window.roomsBench.seen(), undefined)),
          );
          return Object.entries(setAt).map(
            ([key, at]) => Math.max(...seen.map((one) => one[key] ?? Number.NaN)) - at,
          );
        })) ?? [];
      medians[way] = median(delays);
      tails[way] = delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? Number.NaN;
    }
    const text = `an update is seen by all of ${pages.length - 1} others, ms`;
    return [
      { text: `${text}, median`, figures: medians, goal: '<= 1x y-webrtc' },
      { text: `${text}, 99th percentile`, figures: tails, goal: '<= 1.5x y-webrtc' },
    ];
  }

  async #throughput(pages: readonly Page[]): Promise<TabsRow> {
    const figures: TabsRow['figures'] = {};
    const each = Math.floor(TOGETHER / pages.length);
    for (const way of ['rooms', 'y-webrtc', 'automerge'] as const) {
      const ms = await this.#togetherMs(way, pages, each);
      figures[way] = (each * pages.length * 1_000) / ms;
    }
    return {
      text: `updates a second of ${pages.length} writers, until all have all`,
      figures,
      goal: '>= 1x y-webrtc, >= 3x automerge',
    };
  }

  /** Written by one and with another; a newcomer opens it. */
  async #join(pages: readonly Page[]): Promise<TabsRow> {
    const figures: TabsRow['figures'] = {};
    const [writer, other, newcomer] = pages as [Page, Page, Page];
    for (const way of ['rooms', 'y-webrtc', 'automerge'] as const) {
      const ms = await this.#within(way, [writer, other], async ([first], link) => {
        await evaluate(
          first,
          ({ updates, valueBytes, entries }) =>
            window.roomsBench.setMany('old', updates, valueBytes, entries),
          JOIN,
        );
        await evaluate(first, () => window.roomsBench.setMany('end', 1, 1), undefined);
        const size = 2 + JOIN.entries + 1;
        await untilAll([writer, other], size);
        await sleep(SETTLE_MS);
        const { openedAt } = await this.#open(newcomer, way, link);
        const [at = Number.NaN] = await untilAll([newcomer], size);
        await this.#close(newcomer);
        return at - openedAt;
      });
      figures[way] = ms ?? Number.NaN;
    }
    return {
      text: `a newcomer has 1 MB that ${JOIN.updates} updates made, ms`,
      figures,
      goal: '<= 0.5x y-webrtc, <= 0.3x automerge',
    };
  }

  async #snapshot(pages: readonly Page[]): Promise<TabsRow> {
    const [newcomer, ...others] = pages as [Page, ...Page[]];
    const megabytes = (LARGE.entries * LARGE.valueBytes) / 1e6;
    const rooms = await this.#within('rooms', others, async ([first], link) => {
      // Slower than checkpoints close it.
      for (let i = 0; i < LARGE.entries; i++) {
        await evaluate(first, ([prefix, bytes]) => window.roomsBench.setMany(prefix, 1, bytes), [
          `large ${i} `,
          LARGE.valueBytes,
        ] as const);
        await sleep(PAUSE_MS);
      }
      await untilAll(others, others.length + LARGE.entries);
      await sleep(2 * SETTLE_MS);
      const { connectedAt } = await this.#open(newcomer, 'rooms', link);
      const [at = Number.NaN] = await untilAll([newcomer], others.length + LARGE.entries);
      await this.#close(newcomer);
      return (megabytes * 1_000) / (at - connectedAt);
    });
    const raw = (megabytes * 1_000) / (await rawMs(newcomer, others[0] as Page));
    return {
      text: `${megabytes} MB to a newcomer among ${pages.length} tabs, MB/s`,
      figures: { rooms: rooms ?? Number.NaN, raw },
      goal: '>= 0.8x raw',
    };
  }

  /** One of two is away while the other writes; it has kept what was there before. */
  async #back(awaySeconds: number): Promise<readonly TabsRow[]> {
    const bytes: TabsRow['figures'] = {};
    const ms: TabsRow['figures'] = {};
    for (const way of ['rooms', 'automerge'] as const) {
      const pages = (await this.#newTabs(2)) as [Page, Page];
      const back = await orSaid(way, () => this.#backAfter(way, pages, awaySeconds));
      ms[way] = back?.ms ?? Number.NaN;
      bytes[way] = back?.bytes ?? Number.NaN;
      await Promise.all(pages.map((page) => page.context().close()));
    }
    const text = `back after ${awaySeconds} s, ${MISSED} updates of 90 B missed`;
    return [
      { text: `${text}: received, KB`, figures: scaled(bytes, 1e-3), goal: '<= 0.5x automerge' },
      { text: `${text}: ms`, figures: ms, goal: '<= 0.5x automerge' },
    ];
  }

  async #backAfter(way: WayName, [writer, sleeper]: readonly [Page, Page], awaySeconds: number) {
    const had = 2 + MISSED;
    const { link } = await this.#open(writer, way, undefined, true);
    await this.#open(sleeper, way, link, true);
    await greet([writer, sleeper]);
    await evaluate(writer, (count) => window.roomsBench.setMany('before', count, 90), MISSED);
    await untilAll([sleeper], had);
    await sleep(SETTLE_MS);
    await this.#close(sleeper);
    await sleeper.goto('about:blank');
    await evaluate(writer, (count) => window.roomsBench.setMany('missed', count, 90), MISSED);
    await sleep(awaySeconds * 1_000);
    await this.#load(sleeper);
    const { openedAt } = await this.#open(sleeper, way, link, true);
    const [at = Number.NaN] = await untilAll([sleeper], had + MISSED);
    const bytes = await evaluate(sleeper, () => window.roomsBench.receivedBytes(), undefined);
    return { ms: at - openedAt, bytes };
  }

  async #burst(tabs: number): Promise<TabsRow> {
    const figures: TabsRow['figures'] = {};
    const pages = await this.#newTabs(tabs);
    for (const way of ['rooms', 'y-webrtc'] as const) {
      figures[way] = await this.#togetherMs(way, pages, BURST_EACH);
    }
    await Promise.all(pages.map((page) => page.context().close()));
    return {
      text: `${tabs} tabs, all equal after a burst of ${tabs * BURST_EACH} updates, ms`,
      figures,
      goal: '<= 3000',
    };
  }

  /** All write so many at once: until all have all. */
  async #togetherMs(way: WayName, pages: readonly Page[], each: number): Promise<number> {
    const ms = await this.#within(way, pages, async (all) => {
      const [begun, ended] = await Promise.all([
        Promise.all(
          all.map((page, i) =>
            evaluate(page, ([prefix, count]) => window.roomsBench.setMany(prefix, count, 1), [
              `of${i}-`,
              each,
            ] as const),
          ),
        ),
        untilAll(all, all.length * (1 + each)),
      ]);
      return Math.max(...ended) - Math.min(...begun);
    });
    return ms ?? Number.NaN;
  }

  /** Opens one document in all of them. As `orSaid`. */
  async #within<Result>(
    way: WayName,
    pages: readonly Page[],
    measure: (pages: readonly [Page, ...Page[]], link: string) => Promise<Result>,
  ): Promise<Result | undefined> {
    const [first, ...others] = pages as [Page, ...Page[]];
    const result = await orSaid(way, async () => {
      const { link } = await this.#open(first, way);
      await Promise.all(others.map((page) => this.#open(page, way, link)));
      await greet([first, ...others]);
      return measure([first, ...others], link);
    });
    await Promise.all(pages.map((page) => this.#close(page)));
    return result;
  }

  /** What did not come to an end may hold its page up for good: then the page begins anew. */
  async #close(page: Page): Promise<void> {
    try {
      await evaluate(page, () => window.roomsBench.close(), undefined, CLOSING_MS);
    } catch {
      await this.#load(page);
    }
  }

  #open(page: Page, way: WayName, link?: string, isKept = false) {
    const options = { ports: this.#ports, isKept, ...(link === undefined ? {} : { link }) };
    return evaluate(page, ([name, how]) => window.roomsBench.open(name, how), [way, options] as const);
  }

  async #newTabs(count: number): Promise<Page[]> {
    return Promise.all(
      Array.from({ length: count }, async () => {
        const context: BrowserContext = await this.#browser.newContext();
        const page = await context.newPage();
        await this.#load(page);
        return page;
      }),
    );
  }

  async #load(page: Page): Promise<void> {
    await page.goto(this.#address);
    await page.waitForFunction(() => window.ways?.automerge !== undefined);
  }
}

/** Undefined, and said why, where it does not come to an end: that costs one figure. */
async function orSaid<Result>(way: WayName, measure: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await measure();
  } catch (error) {
    console.error(`${way}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** @throws Error when the page has not answered after `longestMs` */
async function evaluate<Arg, Result>(
  page: Page,
  call: (arg: Arg) => Result | Promise<Result>,
  arg: Arg,
  longestMs = LONGEST_MS,
): Promise<Result> {
  const answered = new AbortController();
  const late = sleep(longestMs, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`did not finish in ${longestMs / 1_000} s`);
  });
  try {
    return await Promise.race([page.evaluate(call as never, arg as never) as Promise<Result>, late]);
  } finally {
    late.catch(() => undefined);
    answered.abort();
  }
}

/** Everybody writes one entry and sees everybody's. */
async function greet(pages: readonly Page[]): Promise<void> {
  await Promise.all(
    pages.map((page, i) => evaluate(page, (key) => window.roomsBench.setMany(key, 1, 1), `hello ${i} `)),
  );
  await untilAll(pages, pages.length);
}

function untilAll(pages: readonly Page[], size: number): Promise<number[]> {
  return Promise.all(pages.map((page) => evaluate(page, (count) => window.roomsBench.until(count), size)));
}

/** The same bytes over a bare channel between two of the tabs. */
async function rawMs(from: Page, to: Page): Promise<number> {
  const { entries, valueBytes } = LARGE;
  const bytes = 65_536;
  const count = Math.ceil((entries * valueBytes) / bytes);
  const offered = await evaluate(from, () => window.roomsBench.raw.offer(), undefined);
  const answered = await evaluate(to, (sdp) => window.roomsBench.raw.answer(sdp), offered);
  await evaluate(from, (sdp) => window.roomsBench.raw.accept(sdp), answered);
  await evaluate(to, ([size, times]) => window.roomsBench.raw.expect(size, times), [bytes, count] as const);
  return evaluate(from, ([size, times]) => window.roomsBench.raw.send(size, times), [bytes, count] as const);
}

function scaled(figures: TabsRow['figures'], by: number): TabsRow['figures'] {
  return Object.fromEntries(Object.entries(figures).map(([way, value]) => [way, value * by]));
}
