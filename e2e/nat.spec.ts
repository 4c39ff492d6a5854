/** Devices that do not reach each other directly: over a real TURN server, through a third device, or told in words why not. */
import { expect, type Page, test } from '@playwright/test';
import { coturnProblem, type RunningTurn, startTurn, TURN_SECRET } from './support/coturn.ts';
import { hear } from './support/hear.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { closeTab, inviteLink, nodeId, openTab, people } from './support/tabs.ts';

const problem = coturnProblem();
test.skip(problem !== undefined, problem);

let turn: RunningTurn;
let server: RunningServer;
/** What a page with relay candidates only is told, by its secret. */
const relayOnly = (secret: string): string =>
  JSON.stringify({ iceServers: [{ urls: turn.url, secret }], iceTransportPolicy: 'relay' });

test.beforeAll(async () => {
  // Nobody may go over it to somebody who goes over it, too.
  turn = await startTurn(['--denied-peer-ip=127.0.0.2']);
  server = await startServer(0, ['--ice-servers', relayOnly(TURN_SECRET)]);
});
test.afterAll(async () => {
  await server?.stop();
  await turn?.stop();
});
test.afterEach(async ({ browser }) => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});

async function pathTo(page: Page, other: Page): Promise<void> {
  const id = await nodeId(other);
  await page.getByRole('button', { name: 'Debug panel' }).click();
  await page
    .getByRole('region', { name: 'Topology' })
    .getByRole('button', { name: new RegExp(id.slice(0, 4)) })
    .click();
}

test('two tabs that may use relay candidates only meet over coturn with short-lived credentials', async ({
  browser,
}) => {
  const open = await startTurn();
  const own = await startServer(0, [
    '--ice-servers',
    JSON.stringify({ iceServers: [{ urls: open.url, secret: TURN_SECRET }], iceTransportPolicy: 'relay' }),
  ]);
  const answer = await fetch(`${own.url}api/ice-servers`);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).not.toContain(TURN_SECRET);
  const host = await openTab(browser, own.url);
  const guest = await openTab(browser, await inviteLink(host));
  await expect(people(host)).toHaveCount(2);
  await pathTo(host, guest);
  await expect(host.getByRole('region', { name: 'Node details' })).toContainText('relay: over a TURN server');
  await own.stop();
  await open.stop();
});

test('two tabs without a path to each other say why, and talk through a third', async ({ browser }) => {
  const host = await openTab(browser, server.url);
  const guest = await openTab(browser, await inviteLink(host));
  const says = /the two devices do not reach each other, not even over a TURN server/i;
  for (const page of [host, guest]) {
    await expect(page.getByText('No direct connection to another device')).toBeVisible({ timeout: 40_000 });
    await expect(page.getByText(says).first()).toBeVisible();
  }
  await expect(people(host)).toHaveCount(1);

  const context = await browser.newContext();
  const third = await context.newPage();
  // No relay of its own: it learns the address that the relays see it by.
  const urls = turn.url.replace('turn:', 'stun:').replace(/\?.*/, '');
  await third.route('**/api/ice-servers', (route) => route.fulfill({ json: { iceServers: [{ urls }] } }));
  await third.goto(await inviteLink(host));
  for (const page of [host, guest, third]) await expect(people(page)).toHaveCount(3, { timeout: 40_000 });
  await expect(people(host).getByText('2 hops')).toHaveCount(1);
  const received = await hear(guest, 'test');
  await host.evaluate(
    async (to) => {
      const { node } = window.leafcutter ?? {};
      const member = node?.members().find(({ id }) => id === to);
      if (node && member) await node.send(member.id, 'test', new TextEncoder().encode('over two hops'));
    },
    await nodeId(guest),
  );
  expect((await received()).text).toBe('over two hops');
  // A device that has left has no path to look for.
  await closeTab(guest);
  await expect(host.getByText(/^No direct connection/)).toHaveCount(0);
  await closeTab(third);
});

test('a TURN server that refuses the credentials, or does not run, is named', async ({ browser }) => {
  const refusing = await startServer(0, ['--ice-servers', relayOnly('south')]);
  const host = await openTab(browser, refusing.url);
  const guest = await openTab(browser, await inviteLink(host));
  for (const page of [host, guest]) {
    await expect(page.getByText(/the TURN server 127\.0\.0\.1:\d+ refused this device \(401/i)).toBeVisible({
      timeout: 40_000,
    });
  }
  await refusing.stop();
});

test('without any address to connect to the page says that, and what may be the reason', async ({
  browser,
}) => {
  const none = await startServer(0, ['--ice-servers', '{"iceServers":[],"iceTransportPolicy":"relay"}']);
  const host = await openTab(browser, none.url);
  const guest = await openTab(browser, await inviteLink(host));
  for (const page of [host, guest]) {
    await expect(page.getByText(/may only go over TURN servers, and none is configured/).first()).toBeVisible(
      {
        timeout: 40_000,
      },
    );
  }
  await none.stop();
});
