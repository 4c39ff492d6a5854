/** The PeerJS transport alone, in real tabs: channels, their ends, and a server that goes away. */
import { type Browser, chromium, expect, type Page, test } from '@playwright/test';
import { windowLaunchOptions } from './support/chromium.ts';
import { type HarnessPages, serveHarness } from './support/harness-pages.ts';
import { lastingPort } from './support/ports.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { standStill } from './support/stand-still.ts';

const HARNESS = 'e2e/support/transport-harness/index.html';
/** The harness has an origin of its own. */
const FOR_ALL_PAGES = ['--origin', '*'];
let harness: HarnessPages;
let server: RunningServer;
/** Nothing may throw past a channel. */
const pageErrors: string[] = [];

test.beforeAll(async () => {
  harness = await serveHarness(HARNESS);
  server = await startServer(await lastingPort(), FOR_ALL_PAGES);
});
test.afterAll(async () => {
  await server.kill();
  await harness.close();
});

test.afterEach(() => {
  expect(pageErrors.splice(0)).toEqual([]);
});

interface Tab {
  readonly page: Page;
  readonly id: string;
}

async function openTab(
  browser: Browser,
  network: string,
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Tab> {
  const page = await browser.newPage();
  await prepare(page);
  page.on('pageerror', (error) => pageErrors.push(error.message));
  await page.goto(harness.url + HARNESS);
  await page.waitForFunction(() => 'join' in window);
  const id = await page.evaluate(([url, name]) => window.join(url, name), [server.url, network] as const);
  await expect.poll(() => page.evaluate(() => window.harness.rendezvous)).toBe('online');
  return { page, id };
}

const channels = (tab: Tab) => tab.page.evaluate(() => window.harness.channels);

async function linkedTabs(browser: Browser, network: string): Promise<[Tab, Tab]> {
  const [a, b] = [await openTab(browser, network), await openTab(browser, network)];
  await a.page.evaluate((id) => window.harness.connect(id), b.id);
  await expect.poll(async () => (await channels(a)).length).toBe(1);
  await expect.poll(async () => (await channels(b)).length).toBe(1);
  return [a, b];
}

async function closeAll(...tabs: readonly Tab[]): Promise<void> {
  for (const { page } of tabs) await page.close();
}

/** Nothing asks again for a datagram that is lost, as the first may be that comes before the other end is ready. */
async function sendUntilItCame(from: Tab, to: Tab, datagram: string): Promise<void> {
  const first = async () => {
    await from.page.evaluate((text) => window.harness.sendDatagram(0, text), datagram);
    return (await channels(to))[0]?.datagrams[0];
  };
  await expect.poll(first, { intervals: [200] }).toBe(datagram);
}

test('two tabs find each other and exchange frames and datagrams over a channel with known certificates', async ({
  browser,
}) => {
  const [a, b] = await linkedTabs(browser, 'find');
  await expect.poll(() => a.page.evaluate(() => window.harness.candidates)).toEqual([b.id]);
  await expect.poll(() => b.page.evaluate(() => window.harness.candidates)).toEqual([a.id]);
  const [atA] = await channels(a);
  const [atB] = await channels(b);
  expect(atA).toMatchObject({ peer: b.id, isInitiator: true });
  expect(atB).toMatchObject({ peer: a.id, isInitiator: false });
  expect(atA?.local).toMatch(/^[0-9a-f]{64}$/);
  expect(atA?.local).toBe(atB?.remote);
  expect(atA?.remote).toBe(atB?.local);
  expect(atA?.local).not.toBe(atA?.remote);

  for (const text of ['one', 'two', 'three']) await a.page.evaluate((t) => window.harness.send(0, t), text);
  await expect.poll(async () => (await channels(b))[0]?.frames).toEqual(['one', 'two', 'three']);
  await sendUntilItCame(b, a, 'ping');
  await closeAll(a, b);
});

test('bulk drains at the low-water mark and arrives whole', async ({ browser }) => {
  const [a, b] = await linkedTabs(browser, 'bulk');
  const deepest = await a.page.evaluate(() => window.harness.flood(0, 200));
  expect(deepest).toBeLessThanOrEqual(262_144);
  await expect.poll(async () => (await channels(b))[0]?.frames.length).toBe(200);
  expect((await channels(b))[0]?.frames.every((frame) => frame === '65536 bytes')).toBe(true);
  expect((await channels(a))[0]?.drained).toBeGreaterThan(0);
  await closeAll(a, b);
});

test('a tab whose main thread stands still for 10 s answers probes by its worker, says so, and keeps the connection', async ({
  browser,
}) => {
  const [a, b] = await linkedTabs(browser, 'busy');
  expect((await channels(a))[0]?.answersProbes).toBe(true);
  // A SYN of the health protocol: type 1 and 16 bytes of nonce.
  const ask = (nonce: string) =>
    b.page.evaluate((text) => window.harness.sendDatagram(0, text), `\x01${nonce}`);
  const answers = async () =>
    ((await channels(b))[0]?.datagrams ?? []).filter((text) => text.slice(1).startsWith('question'));
  // Nothing asks again for a datagram that is lost, as the first may be that comes before the other end is ready.
  const firstAnswer = async () => {
    await ask('while-it-is-idle');
    return (await channels(b))[0]?.datagrams[0];
  };
  await expect.poll(firstAnswer, { intervals: [200] }).toBe('\x02while-it-is-idle');

  const goesOn = await standStill(a.page, 10_000);
  // Asked without a pause until the page speaks for itself again: every question is answered, first as if nothing were, for nobody can
  // know yet, then as by a busy page.
  const asked: string[] = [];
  /** 2: as usual, 3: by a worker whose page is busy. */
  const kinds = async () => (await answers()).map((text) => text.charCodeAt(0)).join('');
  const isOver = async (): Promise<boolean> => {
    const nonce = `question ${String(asked.length).padStart(7, '0')}`;
    asked.push(nonce);
    await ask(nonce);
    await expect.poll(answers).toHaveLength(asked.length);
    return (await kinds()).endsWith('32');
  };
  await expect.poll(isOver, { intervals: [100] }).toBe(true);
  expect(goesOn()).toBe(true);
  expect(await kinds()).toMatch(/^2+3+2$/);
  expect((await answers()).map((text) => text.slice(1))).toEqual(asked);

  // The page gets all of them when it is back.
  await expect
    .poll(async () => (await channels(a))[0]?.datagrams.filter((text) => !text.endsWith('idle')))
    .toEqual(asked.map((nonce) => `\x01${nonce}`));
  await a.page.evaluate(() => window.harness.send(0, 'still here'));
  await expect.poll(async () => (await channels(b))[0]?.frames).toEqual(['still here']);
  expect((await channels(b))[0]?.closed).toBeUndefined();
  await closeAll(a, b);
});

test('a tab whose browser transfers no channel keeps its datagrams on the page', async ({ browser }) => {
  const without = async (page: Page) => {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'Worker'));
  };
  const [a, b] = [await openTab(browser, 'no worker', without), await openTab(browser, 'no worker')];
  await a.page.evaluate((id) => window.harness.connect(id), b.id);
  await expect.poll(async () => (await channels(a)).length).toBe(1);
  await expect.poll(async () => (await channels(b)).length).toBe(1);
  expect((await channels(a))[0]?.answersProbes).toBe(false);
  await sendUntilItCame(b, a, '\x01nobody-but-page.');
  expect((await channels(b))[0]?.datagrams).toEqual([]);
  await closeAll(a, b);
});

test('connecting again while a channel is open opens another beside it: its other end may have lost the first', async ({
  browser,
}) => {
  const [a, b] = await linkedTabs(browser, 'again');
  await b.page.evaluate((id) => window.harness.connect(id), a.id);
  await expect.poll(async () => (await channels(a)).length).toBe(2);
  await expect.poll(async () => (await channels(b)).length).toBe(2);
  await a.page.evaluate(() => window.harness.send(0, 'still here'));
  await expect.poll(async () => (await channels(b))[0]?.frames).toEqual(['still here']);
  await closeAll(a, b);
});

test('two tabs that connect to each other at once get one channel, that of the smaller id', async ({
  browser,
}) => {
  // What the tabs signal is held until both have called `connect`: neither can have heard of the other's.
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold = (page: Page) =>
    page.routeWebSocket(/\/peerjs\/peerjs/, (socket) => {
      const upstream = socket.connectToServer();
      socket.onMessage((message) => {
        const isSignal = /"type":"(?:OFFER|ANSWER|CANDIDATE)"/.test(String(message));
        void (isSignal ? released : Promise.resolve()).then(() => upstream.send(message));
      });
    });
  const [a, b] = [await openTab(browser, 'both', hold), await openTab(browser, 'both', hold)];
  await a.page.evaluate((id) => window.harness.connect(id), b.id);
  await b.page.evaluate((id) => window.harness.connect(id), a.id);
  release();
  for (const [tab, other] of [
    [a, b],
    [b, a],
  ] as const) {
    await expect
      .poll(async () => (await channels(tab)).map((channel) => channel.isInitiator))
      .toEqual([tab.id < other.id]);
  }
  // The other call came to its end with it: the next one is a call like any.
  await b.page.evaluate((id) => window.harness.connect(id), a.id);
  await expect.poll(async () => (await channels(a)).length).toBe(2);
  expect(await a.page.evaluate(() => window.harness.failed)).toEqual([]);
  expect(await b.page.evaluate(() => window.harness.failed)).toEqual([]);
  await closeAll(a, b);
});

test('a closed channel brings its last frames across, then ends at both sides', async ({ browser }) => {
  const [a, b] = await linkedTabs(browser, 'goodbye');
  await a.page.evaluate(() => {
    window.harness.send(0, 'x'.repeat(200_000));
    window.harness.send(0, 'goodbye');
    window.harness.closeChannel(0);
    window.harness.send(0, 'never');
  });
  await expect.poll(async () => (await channels(b))[0]?.closed).toBe('the other end closed the connection');
  expect((await channels(b))[0]?.frames).toEqual(['200000 bytes', 'goodbye']);
  expect((await channels(a))[0]?.closed).toBe('closed here');
  await a.page.evaluate((id) => window.harness.connect(id), b.id);
  await expect.poll(async () => (await channels(b)).length).toBe(2);
  await closeAll(a, b);
});

test('a tab that is closed ends its channels in order, long before silence would', async () => {
  await using browser = await chromium.launch(windowLaunchOptions);
  const [a, b] = await linkedTabs(browser, 'leave');
  await a.page.close();
  await expect.poll(async () => (await channels(b))[0]?.closed).toBe('the other end closed the connection');
  await expect.poll(() => b.page.evaluate(() => window.harness.gone)).toEqual([a.id]);
});

test('connecting to a peer that is not there fails with a reason', async ({ browser }) => {
  const a = await openTab(browser, 'nobody');
  const nobody = '00000000-0000-4000-8000-000000000000';
  await a.page.evaluate((id) => window.harness.connect(id), nobody);
  await expect.poll(() => a.page.evaluate(() => window.harness.failed.length)).toBe(1);
  const [failure] = await a.page.evaluate(() => window.harness.failed);
  expect(failure).toEqual({ peer: nobody, reason: 'the server does not know this peer' });
  await closeAll(a);
});

test('channels outlive the server, and new ones form when it is back', async ({ browser }) => {
  const [a, b] = await linkedTabs(browser, 'outlive');
  const port = server.port;
  await server.kill();
  for (const { page } of [a, b]) {
    await expect.poll(() => page.evaluate(() => window.harness.rendezvous)).toBe('offline');
  }
  await a.page.evaluate(() => window.harness.send(0, 'without a server'));
  await expect.poll(async () => (await channels(b))[0]?.frames).toEqual(['without a server']);
  await a.page.evaluate((id) => {
    window.harness.closeChannel(0);
    window.harness.connect(id);
  }, b.id);
  await expect
    .poll(() => a.page.evaluate(() => window.harness.failed.at(-1)?.reason))
    .toContain('not reachable');

  server = await startServer(port, FOR_ALL_PAGES);
  for (const { page } of [a, b]) {
    await expect.poll(() => page.evaluate(() => window.harness.rendezvous)).toBe('online');
  }
  await expect.poll(() => a.page.evaluate(() => window.harness.candidates)).toEqual([b.id]);
  await a.page.evaluate((id) => window.harness.connect(id), b.id);
  await expect.poll(async () => (await channels(b)).length).toBe(2);
  await closeAll(a, b);
});
