/** A page of somebody else's with NATS' official client, in Chromium over a WebSocket, at a door; and two tabs. */
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { type HarnessPages, serveHarness } from './support/harness-pages.ts';
import { endProcess, type NodeProcess } from './support/node-process.ts';
import { startCommand } from './support/server.ts';
import { inviteLink, people } from './support/tabs.ts';

const PAGE = 'e2e/support/nats-harness/index.html';
let pages: HarnessPages;
let door: NodeProcess | undefined;

test.beforeAll(async () => {
  pages = await serveHarness(PAGE);
});
test.afterEach(async () => {
  if (door) await endProcess(door, 'SIGKILL');
});
test.afterAll(() => pages.close());

/** Answers in that tab's console, until it closes. */
const serveIn = (tab: Page, name: string): Promise<void> =>
  tab.evaluate(async (who) => {
    const serving = (await window.leafcutter?.pubsub)?.subscribe('greet', { queue: 'tabs' });
    if (!serving) throw new Error('no console handle');
    void (async () => {
      for await (const m of serving) m.respond(`${who} greets ${m.string()}`);
    })();
    await serving.ready;
  }, name);

test("a page with NATS' own client and two tabs publish to each other and ask each other", async ({
  network,
  browser,
}) => {
  const [a, b] = await network(2);
  if (!a || !b) throw new Error('two tabs were asked for');
  door = startCommand([
    ...['door', 'nats', await inviteLink(a), '--port', '0', '--ws-port', '0'],
    ...['--origin', new URL(pages.url).origin],
  ]);
  door.stderr.pipe(process.stderr);
  let servers = '';
  for await (const line of createInterface({ input: door.stdout })) {
    servers = /ws:\/\/\S+/.exec(line)?.[0] ?? '';
    if (servers) break;
  }
  await expect(people(a)).toHaveCount(3);
  await expect(people(b)).toHaveCount(3);
  await serveIn(a, 'a');
  await serveIn(b, 'b');

  const page = await (await browser.newContext()).newPage();
  await page.goto(pages.url + PAGE);
  const answers = await page.evaluate(async (url) => {
    const nc = await window.wsconnect({ servers: url });
    const heard: string[] = [];
    nc.subscribe('notes.*', { callback: (_, m) => void heard.push(`${m.subject} ${m.string()}`) });
    nc.subscribe('double', { callback: (_, m) => void m.respond(String(2 * Number(m.string()))) });
    await nc.flush();
    Object.assign(window, { nc, heard });
    const said: string[] = [];
    for (let i = 0; i < 4; i++) said.push((await nc.request('greet', 'a page')).string());
    const nobody = await nc.request('nobody.here').catch((error: Error) => error.message);
    return { said: [...new Set(said)].sort(), nobody };
  }, servers);
  expect(answers.said).toEqual(['a greets a page', 'b greets a page']);
  expect(answers.nobody).toContain('no responders');

  for (const [tab, name] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    const said = await tab.evaluate(async (who) => {
      const nc = await window.leafcutter?.pubsub;
      const taken = await nc?.publish(`notes.${who}`, 'a line', { ack: true });
      return [taken, (await nc?.request('double', '21'))?.string()];
    }, name);
    expect(said).toEqual([{ subscriptions: 1, nodes: 1 }, '42']);
  }
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { heard: string[] }).heard))
    .toEqual(['notes.a a line', 'notes.b a line']);
});
