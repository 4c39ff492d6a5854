/** Rooms in real tabs, beside what others use: all ways in the same tabs, one after the other. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright';
import { chromiumLaunchOptions } from '../../../e2e/support/chromium.ts';
import { serveHarness } from '../../../e2e/support/harness-pages.ts';
import { median } from '../../common/statistics.ts';
import type { Ports, WayName } from './document.ts';
import { startServers } from './servers.ts';
import { Tab } from './tab.ts';

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
    await Promise.all(pages.map((page) => page.end()));
    if (rows.includes('back')) measured.push(...(await this.#back(awaySeconds)));
    if (rows.includes('burst')) measured.push(await this.#burst(burstTabs));
    return measured;
  }

  async #latency(pages: readonly Tab[]): Promise<readonly TabsRow[]> {
    const medians: TabsRow['figures'] = {};
    const tails: TabsRow['figures'] = {};
    for (const way of ['rooms', 'y-webrtc', 'y-websocket'] as const) {
      const delays =
        (await this.#within(way, pages, async ([writer, ...others]) => {
          await Promise.all(others.map((page) => page.evaluate(() => window.roomsBench.watch(), undefined)));
          const setAt = await writer.evaluate(
            ([every, count]) => window.roomsBench.setEvery(every, 'one', count),
            [EVERY_MS, ONE_BY_ONE] as const,
          );
          await untilAll(others, pages.length + ONE_BY_ONE);
          const seen = await Promise.all(
            others.map((page) => page.evaluate(() => window.roomsBench.seen(), undefined)),
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

  async #throughput(pages: readonly Tab[]): Promise<TabsRow> {
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
  async #join(pages: readonly Tab[]): Promise<TabsRow> {
    const figures: TabsRow['figures'] = {};
    const [writer, other, newcomer] = pages as [Tab, Tab, Tab];
    for (const way of ['rooms', 'y-webrtc', 'automerge'] as const) {
      const ms = await this.#within(way, [writer, other], async ([first], link) => {
        await first.evaluate(
          ({ updates, valueBytes, entries }) =>
            window.roomsBench.setMany('old', updates, valueBytes, entries),
          JOIN,
        );
        await first.evaluate(() => window.roomsBench.setMany('end', 1, 1), undefined);
        const size = 2 + JOIN.entries + 1;
        await untilAll([writer, other], size);
        await sleep(SETTLE_MS);
        const { openedAt } = await this.#open(newcomer, way, link);
        const [at = Number.NaN] = await untilAll([newcomer], size);
        return at - openedAt;
      });
      await newcomer.clear();
      figures[way] = ms ?? Number.NaN;
    }
    return {
      text: `a newcomer has 1 MB that ${JOIN.updates} updates made, ms`,
      figures,
      goal: '<= 0.5x y-webrtc, <= 0.3x automerge',
    };
  }

  async #snapshot(pages: readonly Tab[]): Promise<TabsRow> {
    const [newcomer, ...others] = pages as [Tab, ...Tab[]];
    const megabytes = (LARGE.entries * LARGE.valueBytes) / 1e6;
    const rooms = await this.#within('rooms', others, async ([first], link) => {
      // Slower than checkpoints close it.
      for (let i = 0; i < LARGE.entries; i++) {
        await first.evaluate(([prefix, bytes]) => window.roomsBench.setMany(prefix, 1, bytes), [
          `large ${i} `,
          LARGE.valueBytes,
        ] as const);
        await sleep(PAUSE_MS);
      }
      await untilAll(others, others.length + LARGE.entries);
      await sleep(2 * SETTLE_MS);
      const { connectedAt } = await this.#open(newcomer, 'rooms', link);
      const [at = Number.NaN] = await untilAll([newcomer], others.length + LARGE.entries);
      return (megabytes * 1_000) / (at - connectedAt);
    });
    await newcomer.clear();
    const rawTook = await orSaid('raw', () => rawMs(newcomer, others[0] as Tab));
    const raw = (megabytes * 1_000) / (rawTook ?? Number.NaN);
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
      const pages = (await this.#newTabs(2)) as [Tab, Tab];
      const back = await orSaid(way, () => this.#backAfter(way, pages, awaySeconds));
      ms[way] = back?.ms ?? Number.NaN;
      bytes[way] = back?.bytes ?? Number.NaN;
      await Promise.all(pages.map((page) => page.end()));
    }
    const text = `back after ${awaySeconds} s, ${MISSED} updates of 90 B missed`;
    return [
      { text: `${text}: received, KB`, figures: scaled(bytes, 1e-3), goal: '<= 0.5x automerge' },
      { text: `${text}: ms`, figures: ms, goal: '<= 0.5x automerge' },
    ];
  }

  async #backAfter(way: WayName, [writer, sleeper]: readonly [Tab, Tab], awaySeconds: number) {
    const had = 2 + MISSED;
    const { link } = await this.#open(writer, way, undefined, true);
    await this.#open(sleeper, way, link, true);
    await greet([writer, sleeper]);
    await writer.evaluate((count) => window.roomsBench.setMany('before', count, 90), MISSED);
    await untilAll([sleeper], had);
    await sleep(SETTLE_MS);
    await sleeper.clear();
    await sleeper.leave();
    await writer.evaluate((count) => window.roomsBench.setMany('missed', count, 90), MISSED);
    await sleep(awaySeconds * 1_000);
    await sleeper.comeBack();
    const { openedAt } = await this.#open(sleeper, way, link, true);
    const [at = Number.NaN] = await untilAll([sleeper], had + MISSED);
    const bytes = await sleeper.evaluate(() => window.roomsBench.receivedBytes(), undefined);
    return { ms: at - openedAt, bytes };
  }

  async #burst(tabs: number): Promise<TabsRow> {
    const figures: TabsRow['figures'] = {};
    const pages = await this.#newTabs(tabs);
    for (const way of ['rooms', 'y-webrtc'] as const) {
      figures[way] = await this.#togetherMs(way, pages, BURST_EACH);
    }
    await Promise.all(pages.map((page) => page.end()));
    return {
      text: `${tabs} tabs, all equal after a burst of ${tabs * BURST_EACH} updates, ms`,
      figures,
      goal: '<= 3000',
    };
  }

  /** All write so many at once: until all have all. */
  async #togetherMs(way: WayName, pages: readonly Tab[], each: number): Promise<number> {
    const ms = await this.#within(way, pages, async (all) => {
      const [begun, ended] = await Promise.all([
        Promise.all(
          all.map((page, i) =>
            page.evaluate(([prefix, count]) => window.roomsBench.setMany(prefix, count, 1), [
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
    pages: readonly Tab[],
    measure: (pages: readonly [Tab, ...Tab[]], link: string) => Promise<Result>,
  ): Promise<Result | undefined> {
    const [first, ...others] = pages as [Tab, ...Tab[]];
    const result = await orSaid(way, async () => {
      const { link } = await this.#open(first, way);
      await Promise.all(others.map((page) => this.#open(page, way, link)));
      await greet([first, ...others]);
      return measure([first, ...others], link);
    });
    await Promise.all(pages.map((page) => page.clear()));
    return result;
  }

  #open(page: Tab, way: WayName, link?: string, isKept = false) {
    const options = { ports: this.#ports, isKept, ...(link === undefined ? {} : { link }) };
    return page.evaluate(([name, how]) => window.roomsBench.open(name, how), [way, options] as const);
  }

  /** One after the other: all at once are later, each of them. */
  async #newTabs(count: number): Promise<Tab[]> {
    const tabs: Tab[] = [];
    while (tabs.length < count) tabs.push(await Tab.open(this.#browser, this.#address));
    return tabs;
  }
}

/** Undefined, and said why, where it does not come to an end: that costs one figure. */
async function orSaid<Result>(
  way: WayName | 'raw',
  measure: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await measure();
  } catch (error) {
    console.error(`${way}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** Everybody writes one entry and sees everybody's. */
async function greet(pages: readonly Tab[]): Promise<void> {
  await Promise.all(
    pages.map((page, i) => page.evaluate((key) => window.roomsBench.setMany(key, 1, 1), `hello ${i} `)),
  );
  await untilAll(pages, pages.length);
}

function untilAll(pages: readonly Tab[], size: number): Promise<number[]> {
  return Promise.all(pages.map((page) => page.evaluate((count) => window.roomsBench.until(count), size)));
}

/** The same bytes over a bare channel between two of the tabs. */
async function rawMs(from: Tab, to: Tab): Promise<number> {
  const { entries, valueBytes } = LARGE;
  const bytes = 65_536;
  const count = Math.ceil((entries * valueBytes) / bytes);
  const offered = await from.evaluate(() => window.roomsBench.raw.offer(), undefined);
  const answered = await to.evaluate((sdp) => window.roomsBench.raw.answer(sdp), offered);
  await from.evaluate((sdp) => window.roomsBench.raw.accept(sdp), answered);
  await to.evaluate(([size, times]) => window.roomsBench.raw.expect(size, times), [bytes, count] as const);
  return from.evaluate(([size, times]) => window.roomsBench.raw.send(size, times), [bytes, count] as const);
}

function scaled(figures: TabsRow['figures'], by: number): TabsRow['figures'] {
  return Object.fromEntries(Object.entries(figures).map(([way, value]) => [way, value * by]));
}
