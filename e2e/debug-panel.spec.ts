/** Looking into the mesh, and breaking it on purpose. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, residents, test } from './support/fixtures.ts';
import { hear } from './support/hear.ts';
import { slowWorkers } from './support/render-workers.ts';
import { inviteLink, nodeId, people } from './support/tabs.ts';

async function openDebugPanel(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Debug panel', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Topology' })).toBeVisible();
}

async function chooseNode(page: Page, id: string): Promise<void> {
  const dot = page.getByRole('button', { name: new RegExp(`^Node ${id.slice(0, 4)} `) });
  await dot.focus();
  await page.keyboard.press('Enter');
  await expect(dot).toHaveAttribute('aria-pressed', 'true');
}

const tagOf = async (page: Page): Promise<string> => (await nodeId(page)).slice(0, 4);

/** The panel is closed again, and what is written in its log goes with it. */
const tabs = residents(2);
test.afterEach(async () => {
  for (const page of tabs()) {
    const close = page.getByRole('button', { name: 'Close debug panel' });
    if (await close.isVisible()) await close.click();
  }
});

const details = (page: Page) => page.getByRole('region', { name: 'Node details' });

test('the network table is of whom is asked, a message is relayed over a forced line A-B-C, and who is not heard stands among the suspected until it is', async ({
  tab,
}) => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  const c = await tab(await inviteLink(a));
  for (const page of [a, b, c]) await expect(people(page)).toHaveCount(3);
  const [idA, idC] = [await nodeId(a), await nodeId(c)];
  const [tagA, tagB, tagC] = [await tagOf(a), await tagOf(b), await tagOf(c)];
  await openDebugPanel(a);
  const own = details(a).getByRole('table', { name: 'Network table' });
  for (const tag of [tagB, tagC]) await expect(own.getByRole('rowheader', { name: tag })).toBeVisible();
  await expect(own).toContainText('ago');

  await chooseNode(a, await nodeId(b));
  await details(a).getByRole('button', { name: 'Ask for its network table' }).click();
  const theirs = details(a).getByRole('table', { name: `Network table of ${tagB}` });
  // Who asks knows of itself.
  await expect(theirs.getByRole('rowheader', { name: tagC })).toBeVisible();
  await expect(theirs.getByRole('rowheader', { name: tagA })).toHaveCount(0);

  await openDebugPanel(b);
  await chooseNode(a, idC);
  await a.getByRole('switch', { name: 'Block Link' }).click();
  await expect(details(a)).toContainText('over 2 hops');
  await expect(
    a.locator(`.edge[data-edge*="${idA.slice(0, 4)}"][data-edge*="${idC.slice(0, 4)}"]`),
  ).toHaveCount(0);

  await b.getByRole('combobox', { name: 'Filter by direction' }).selectOption('relayed');
  const received = await hear(c, 'greeting');
  await a.evaluate(async (target) => {
    const node = window.leafcutter?.node;
    const member = node?.members().find((candidate) => candidate.id === target);
    if (node && member) await node.send(member.id, 'greeting', new TextEncoder().encode('over the hill'));
  }, idC);
  expect(await received()).toEqual({ from: idA, text: 'over the hill' });
  const relayed = b.getByRole('list', { name: 'Frames' }).getByRole('listitem');
  await expect(relayed.filter({ hasText: `${idA.slice(0, 4)}→${idC.slice(0, 4)}` }).first()).toBeVisible();

  await a.getByRole('switch', { name: 'Block Link' }).click();
  await expect(details(a)).toContainText('by a Link of ours');

  // For as long as it is suspected, before it is called gone.
  const looking = await b.evaluateHandle(
    ([name, id]) => {
      const seen = new Promise<boolean>((resolve) => {
        const look = (): void => {
          const tables = [...document.querySelectorAll('table')];
          const table = tables.find((one) => one.caption?.textContent === 'Suspected');
          const isListed = table?.tBodies[0]?.textContent?.startsWith(name) === true;
          const health = document.querySelector(`.person[data-node="${id}"]`)?.getAttribute('data-health');
          if (isListed && health !== 'healthy') resolve(true);
          else setTimeout(look, 20);
        };
        look();
      });
      return { seen };
    },
    [tagA, idA] as const,
  );
  await a.getByRole('switch', { name: 'Pause sending' }).click();
  expect(await looking.evaluate(({ seen }) => seen)).toBe(true);
  await a.getByRole('switch', { name: 'Pause sending' }).click();
  await expect(people(b).and(b.locator(`[data-node="${idA}"]`))).toHaveAttribute('data-health', 'healthy');
});

test('the frame log filters, pauses, clears and exports', async () => {
  const [a] = tabs();
  if (!a) throw new Error('two tabs were asked for');
  await a.keyboard.press('d');
  const rows = a.getByRole('list', { name: 'Frames' }).getByRole('listitem');
  await expect(rows.first()).toBeVisible();

  await a.getByRole('combobox', { name: 'Filter by direction' }).selectOption('out');
  await expect(rows.first()).toBeVisible();
  await expect(a.locator('[data-direction]:not([data-direction="out"])')).toHaveCount(0);

  await a.getByRole('button', { name: 'Pause log' }).click();
  const footer = a.getByText(/^[\d,.]+ of .* frames/);
  await expect(footer).toContainText('paused');
  const before = await footer.textContent();
  await a.evaluate(() => window.leafcutter?.node.broadcast('noise', new Uint8Array(8)));
  await expect(footer).toHaveText(before ?? '');

  const downloading = a.waitForEvent('download');
  await a.getByRole('button', { name: 'Export log' }).click();
  const lines = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).direction)).toEqual(lines.map(() => 'out'));

  await a.getByRole('searchbox', { name: 'Filter by text' }).fill('no such words');
  await expect(a.getByText(/^None of [\d,.]+ frames? passes these filters/)).toBeVisible();
  await a.getByRole('searchbox', { name: 'Filter by text' }).fill('');
  await a.getByRole('button', { name: 'Clear log' }).click();
  await expect(rows).toHaveCount(0);
  await expect(a.getByText('The log is paused, and has nothing of before.')).toBeVisible();
  await a.getByRole('button', { name: 'Pause log' }).click();
  await a.evaluate(() => window.leafcutter?.node.broadcast('noise', new Uint8Array(8)));
  await expect(rows.first()).toBeVisible();
});

test('the panel tells why each Link is held, which are of the tree, the sessions and the memory in use, and drops a Link, which the mesh repairs', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  const idB = await tagOf(b);
  await openDebugPanel(a);
  await expect(a.getByText('Tree Edge: we push broadcasts')).toBeVisible();
  await expect(a.locator('.edge')).toHaveAttribute('data-tree', 'true');

  const links = details(a).getByRole('table', { name: 'Links' });
  await expect(links.getByRole('row').filter({ hasText: idB })).toContainText('full mesh');
  // Who never spoke has no session.
  await a.evaluate(
    async (target) => {
      const node = window.leafcutter?.node;
      const member = node?.members().find(({ id }) => id === target);
      if (node && member) await node.send(member.id, 'greeting', new Uint8Array(8));
    },
    await nodeId(b),
  );
  const sessions = details(a).getByRole('table', { name: 'Sessions' });
  await expect(sessions.getByRole('row').filter({ hasText: idB })).toContainText('direct');
  await expect(details(a)).toContainText('Suspected: nobody');
  await expect(details(a).getByRole('meter')).toHaveCount(2);

  await chooseNode(a, await nodeId(b));
  await expect(details(a)).toContainText('Held because');
  // One figure for the way to a neighbour, and how it was come by.
  await expect(details(a).getByText('Round trip')).toHaveCount(1);
  await expect(details(a)).toContainText(/Round trip[\d.]+ ms, measured/);
  const streams = details(a).getByText('direct: nothing is sent twice');
  await expect(streams.filter({ visible: true })).toHaveCount(0);
  await details(a)
    .getByText(/streams? at rest/)
    .click();
  await expect(streams.first()).toBeVisible();

  const dropped = a.evaluate(() => {
    const node = window.leafcutter?.node;
    return new Promise<void>((resolve) => {
      const stop = node?.events.on('membersChanged', () => {
        if (node.members().some((member) => !member.isSelf && member.isNeighbour)) return;
        stop?.();
        resolve();
      });
    });
  });
  await details(a).getByRole('button', { name: 'Drop Link' }).click();
  await dropped;
  await expect(people(a)).toHaveCount(2);
  await expect(a.locator('.edge')).toHaveCount(1);
});

test('ten thousand frames scroll, by keyboard too, and stay put while new ones come', {
  tag: '@long',
}, async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  await a.keyboard.press('d');
  const list = a.getByRole('list', { name: 'Frames' });
  await expect(list.getByRole('listitem').first()).toBeVisible();
  await b.evaluate(async () => {
    const node = window.leafcutter?.node;
    for (let i = 0; node && i < 12_000; i++) {
      await node.broadcast('noise', new Uint8Array(8));
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  });
  const rows = list.getByRole('listitem');
  // Broadcasts of one turn share frames: rows are fewer than messages.
  await expect.poll(async () => Number(await rows.last().getAttribute('aria-setsize'))).toBeGreaterThan(100);
  await expect.poll(() => rows.count()).toBeLessThan(80);
  const box = a.getByRole('region', { name: 'Frames, scrolling' });
  await box.focus();
  await a.keyboard.press('Home');
  await expect(rows.first()).toHaveAttribute('aria-posinset', '1');
  // Paused, what is read is the same when one comes back to it.
  await a.getByRole('button', { name: 'Pause log' }).click();
  await expect(a.getByText(/· paused/)).toBeVisible();
  const first = await rows.first().textContent();
  await box.focus();
  // Rows above what is in sight are kept: it takes more than one page.
  for (let page = 0; page < 3; page++) await a.keyboard.press('PageDown');
  await expect(rows.first()).not.toHaveAttribute('aria-posinset', '1');
  await a.keyboard.press('Home');
  await expect(rows.first()).toHaveText(first ?? '');
  await a.keyboard.press('End');
  await expect
    .poll(
      async () =>
        (await rows.last().getAttribute('aria-posinset')) ===
        (await rows.last().getAttribute('aria-setsize')),
    )
    .toBe(true);
});

test('on 360 px nothing in the panel is cut off or scrolls sideways, and rows of the log take two lines', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  const idB = await nodeId(b);
  await a.setViewportSize({ width: 360, height: 740 });
  await a.evaluate(async (target) => {
    const node = window.leafcutter?.node;
    const member = node?.members().find(({ id }) => id === target);
    if (node && member) await node.send(member.id, 'greeting', new Uint8Array(500_000));
  }, idB);
  await openDebugPanel(a);
  /** Elements wider inside than outside, but those that shorten their text on purpose. */
  const tooWide = () =>
    a.evaluate(() =>
      [...document.querySelectorAll('.debug-dock, .debug-dock *')]
        .filter(
          (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible',
        )
        .filter((one) => one.clientWidth > 0 && getComputedStyle(one).textOverflow !== 'ellipsis')
        .map((one) => `${one.tagName}.${one.className}: ${one.scrollWidth} in ${one.clientWidth}`),
    );
  await expect.poll(tooWide).toEqual([]);
  await a.getByRole('button', { name: 'Node', exact: true }).click();
  await expect(details(a).getByRole('table', { name: 'Links' })).toBeVisible();
  await expect.poll(tooWide).toEqual([]);
  await a.getByRole('button', { name: 'Frames', exact: true }).click();
  const row = a.getByRole('list', { name: 'Frames' }).getByRole('listitem').first();
  await expect(row).toBeVisible();
  await expect.poll(tooWide).toEqual([]);
  await expect.poll(async () => (await row.boundingBox())?.height).toBe(40);
});

test('a lone tab says why its frame log is empty, and with the panel open its picture stays worth looking at', async ({
  tab,
}) => {
  const page = await tab();
  await openDebugPanel(page);
  await expect(page.getByText(/^No frame has passed yet/)).toBeVisible();
  await page.getByRole('button', { name: 'Close debug panel' }).click();
  await slowWorkers(page);
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await openDebugPanel(page);
  const picture = page.getByRole('img', { name: 'Rendered picture' });
  for (const [height, least] of [
    [800, 190],
    [640, 140],
  ] as const) {
    await page.setViewportSize({ width: 1280, height });
    await expect.poll(async () => (await picture.boundingBox())?.height).toBeGreaterThan(least);
  }
  // What is said beneath it scrolls, and no line of it lies over another: with the room beside it, it is narrow.
  await page.getByRole('button', { name: 'Chat', exact: true }).click();
  await expect(page.getByText('Left', { exact: true })).toBeVisible();
  const covered = await page.locator('.film-status > *').evaluateAll((rows) =>
    rows.flatMap((row) => {
      const own = row.getBoundingClientRect();
      const next = row.nextElementSibling?.getBoundingClientRect();
      const bottom = Math.max(
        own.bottom,
        // What is folded away has a place, too, and nobody sees it.
        ...[...row.children]
          .filter((one) => one.checkVisibility())
          .map((one) => one.getBoundingClientRect().bottom),
      );
      return next && next.height > 0 && bottom > next.top ? [row.className] : [];
    }),
  );
  expect(covered).toEqual([]);
});
