/** Tabs of the built page that render together. */
import type { Browser, Page } from 'playwright';
import { inviteLink, lendWorkers } from '../../e2e/support/tabs.ts';
import type { Frame } from './hidden.ts';

export interface Render {
  readonly samplesPerSecond: number;
  readonly hash: string;
  /** Bytes that each tab sent and received over its Links, in their order. */
  readonly traffic: readonly Traffic[];
  /** Blocks times the tabs that must be sent their sums: the coordinator and the keeper of the second copy, but for their own. */
  readonly copies: number;
}

interface Traffic {
  readonly sent: number;
  readonly received: number;
}

/** Another tab of the Network, in a context of its own: a process of its own, as with several machines. */
export async function addTab(browser: Browser, link: string, workers: number): Promise<Page> {
  const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
  await page.goto(link);
  await page.waitForFunction(() => window.leafcutter !== undefined);
  // By the panel: the page sets what its person wished.
  await lendWorkers(page, workers);
  // A field that is typed into blinks: twice a second a frame to paint that no render asks for.
  await page.getByRole('spinbutton', { name: 'Workers' }).blur();
  return page;
}

/** Tabs of one Network; resolves when all see all. */
export async function openTabs(
  browser: Browser,
  address: string,
  count: number,
  workers: number,
): Promise<Page[]> {
  const pages: Page[] = [];
  let link = address;
  while (pages.length < count) {
    const page = await addTab(browser, link, workers);
    link = await inviteLink(page);
    pages.push(page);
  }
  await untilMet(pages);
  return pages;
}

export async function untilMet(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await page.waitForFunction((n) => window.leafcutter?.node.members().length === n, pages.length);
  }
}

/** One render, started by the first tab; the time is that tab's, from the call to the last Block. */
export async function render(pages: readonly Page[], frame: Frame): Promise<Render> {
  const [starter] = pages;
  if (!starter) throw new Error('no tab');
  const before = await Promise.all(pages.map(trafficOf));
  const { hash, ...told } = await starter.evaluate(async (settings) => {
    const handle = window.leafcutter;
    if (!handle) throw new Error('the page is not ready');
    const job = await handle.render(settings);
    const hash = await job.finished;
    const { samplesTotal, elapsedSeconds, shares } = job.progress;
    return {
      hash,
      samplesPerSecond: samplesTotal / elapsedSeconds,
      shares: shares.map(({ node, samples }) => ({ node, part: samples / samplesTotal })),
      starter: handle.node.id,
      helpers: handle.node.members().length - 1,
    };
  }, frame);
  // The last Tiles are on their way to those that only look on.
  await Promise.all(
    pages.map((page) =>
      page.waitForFunction((name) => window.leafcutter?.jobs.some((job) => job.hash === name), hash),
    ),
  );
  const after = await Promise.all(pages.map(trafficOf));
  const traffic = after.map(({ sent, received }, i) => ({
    sent: sent - (before[i]?.sent ?? 0),
    received: received - (before[i]?.received ?? 0),
  }));
  const own = told.shares.find(({ node }) => node === told.starter)?.part ?? 0;
  // Of two tabs the other one keeps the copy; of several one of the others, each of which renders about as much.
  const keepers = (1 - own) / Math.max(1, told.helpers);
  const copies = told.helpers === 0 ? 0 : 2 - own - keepers;
  return { samplesPerSecond: told.samplesPerSecond, hash, traffic, copies };
}

function trafficOf(page: Page): Promise<Traffic> {
  return page.evaluate(() => {
    const links = window.leafcutter?.node.inspection.snapshot().links ?? [];
    return {
      sent: links.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
      received: links.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    };
  });
}
