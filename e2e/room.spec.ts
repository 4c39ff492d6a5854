/** The room beside the stage: real tabs chat, set pins, follow each other and share a view; a reader may not write; and nobody is its host. */
import type { Browser, Locator, Page } from '@playwright/test';
import { violations } from './support/axe.ts';
import { expect, test } from './support/fixtures.ts';
import { chatButton, lines, openBox, part, preview, room, say } from './support/room.ts';
import { runCommand, startServer } from './support/server.ts';
import { closeTab, openNetwork, people, pictureHash } from './support/tabs.ts';

/** The camera as it is on that stage, by where a pin of the scene stands on it. */
const pinAt = (page: Page): Promise<string | null> =>
  page.locator('.stage-mark').first().getAttribute('style');

/** Nothing scrolls sideways, and nothing is cut off but what is shortened on purpose. */
async function expectFits(page: Page): Promise<void> {
  const tooWide = await page.evaluate(() =>
    [...document.querySelectorAll('.room, .room *, dialog[open], dialog[open] *')]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible')
      .filter((one) => one.clientWidth > 1 && getComputedStyle(one).textOverflow !== 'ellipsis')
      .filter((one) => !(one instanceof HTMLInputElement))
      .map((one) => `${one.tagName}.${one.className}: ${one.scrollWidth} in ${one.clientWidth}`),
  );
  expect(tooWide).toEqual([]);
}

test('two tabs chat, mark places, follow each other, vote and share a view; a reload keeps it all', async ({
  network,
}) => {
  const [a, b] = await network(2);
  if (!a || !b) throw new Error('two tabs were asked for');
  const found: string[] = [];
  const look = async (page: Page, state: string, within?: string, rules?: 'colours'): Promise<void> => {
    for (const violation of await violations(page, rules, within)) found.push(`${state}: ${violation}`);
  };
  await openBox(a);

  // Chat: the other tab has not opened it, and learns that something was said.
  await chatButton(a).click();
  await expect(room(a).getByRole('textbox', { name: 'Message' })).toBeFocused();
  await expect(room(a).getByTestId('room-sync')).toHaveText('Only here');
  await say(a, 'is it too dark?');
  await expect(chatButton(b)).toHaveAccessibleName('Chat 1 unread');
  await chatButton(b).click();
  await expect(lines(b)).toContainText('is it too dark?');
  await expect(chatButton(b)).toHaveAccessibleName('Chat');
  await expect(room(b).getByRole('list', { name: 'Who is here' }).getByRole('listitem')).toHaveCount(2);
  await say(b, 'a little');
  await expect(lines(a)).toContainText('a little');
  // Who listens hears it once, in its own words.
  await expect(room(a).getByRole('status', { name: 'What is said' })).toHaveText(/: a little$/);
  await expect(room(a).getByTestId('room-sync')).toHaveText('In step');

  await look(a, 'a conversation');

  // A line that carries the camera: pressing it opens the scene there.
  await room(a).getByRole('button', { name: 'Add this view' }).click();
  await say(a, 'from here');
  await room(b).getByRole('button', { name: 'View of Cornell box' }).click();
  await expect(preview(b)).toBeVisible();

  // A pin in the scene, with a thread.
  await part(a, /^Pins/).click();
  await room(a).getByRole('button', { name: 'Set a pin' }).click();
  await expect(a.getByRole('button', { name: /^Press where the pin goes, or/ })).toBeFocused();
  await a.keyboard.press('Enter');
  await room(a).getByRole('textbox', { name: 'What about this place?' }).fill('noisy here');
  await a.keyboard.press('Enter');
  const mark = b.getByRole('button', { name: 'Pin 1: noisy here' });
  await mark.click();
  await room(b).getByRole('textbox', { name: 'Answer' }).fill('more samples');
  await b.keyboard.press('Enter');
  await look(b, 'a thread', '.room');
  await room(a)
    .getByRole('button', { name: /^Pin 1 ?noisy here/ })
    .click();
  await expect(room(a).getByRole('list', { name: 'Thread' })).toContainText('more samples');

  // Follow: the other's camera moves this one, until this one is moved.
  await room(b)
    .getByRole('button', { name: /^Follow (?!me)/ })
    .click();
  await expect(room(a).getByText('follows you')).toBeVisible();
  const before = await pinAt(b);
  await preview(a).focus();
  const box = await preview(a).boundingBox();
  if (!box) throw new Error('the preview has no place');
  const drag = async (page: Page, from: { readonly x: number; readonly y: number }): Promise<void> => {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x - 60, from.y + 20, { steps: 3 });
    await page.mouse.up();
  };
  await drag(a, { x: box.x + box.width / 4, y: box.y + box.height / 4 });
  await expect.poll(() => pinAt(b)).not.toBe(before);
  await expect.poll(async () => (await pinAt(b)) === (await pinAt(a))).toBe(true);
  await expect(b.locator('.cursor-mark')).toBeVisible();
  await drag(b, { x: box.x + box.width / 4, y: box.y + box.height / 4 });
  await expect(room(a).getByText('follows you')).toBeHidden();

  await room(a).getByRole('button', { name: 'Resolve' }).click();
  await expect(room(b).getByText('Resolved by')).toBeVisible();

  // One view for both, and a vote between looks.
  for (const page of [a, b]) {
    await part(page, /^View/).click();
    await room(page)
      .getByRole('switch', { name: /^Share camera/ })
      .click();
  }
  const samples = (page: Page): Locator => page.getByRole('spinbutton', { name: 'Samples' });
  const usual = await samples(b).inputValue();
  await samples(a).fill('33');
  await expect(samples(b)).toHaveValue('33');
  await b.getByRole('slider', { name: 'Exposure' }).fill('1.5');
  await expect(a.getByRole('slider', { name: 'Exposure' })).toHaveValue('1.5');
  await expect(room(a).getByRole('list', { name: 'Changes' })).toContainText('33 samples');
  await room(a).getByRole('textbox', { name: 'Name of the look' }).fill('Dusk');
  await a.keyboard.press('Enter');
  await room(b).getByRole('button', { name: 'Vote for Dusk' }).click();
  await expect(room(a).getByRole('list', { name: 'Proposed looks' })).toContainText('1 vote');
  // One's own steps are taken back for everybody, the newest first, and done again.
  const step = (page: Page, name: string): Locator => room(page).getByRole('button', { name });
  await step(b, 'Undo: your vote').click();
  await expect(room(a).getByRole('list', { name: 'Proposed looks' })).toContainText('0 votes');
  await step(b, 'Redo: your vote').click();
  await expect(room(a).getByRole('list', { name: 'Proposed looks' })).toContainText('1 vote');
  await step(a, 'Undo: the look “Dusk”').click();
  await step(a, 'Undo: the settings for all').click();
  for (const page of [a, b]) await expect(samples(page)).toHaveValue(usual);
  await look(a, 'two steps back', '.room');
  await step(a, 'Redo: the settings for all').click();
  for (const page of [a, b]) await expect(samples(page)).toHaveValue('33');
  await step(a, 'Redo: the look “Dusk”').click();
  await expect(room(a).getByRole('list', { name: 'Proposed looks' })).toContainText('1 vote');
  await look(a, 'the view', '.room');
  await a.emulateMedia({ colorScheme: 'dark' });
  await expect(a.locator('html')).toHaveAttribute('data-theme', 'dark');
  await look(a, 'the view, dark', '.room', 'colours');

  // A line that carries a render, and a pin on a pixel of it.
  await a.getByRole('spinbutton', { name: 'Width' }).fill('64');
  await a.getByRole('spinbutton', { name: 'Height' }).fill('64');
  await a.getByRole('spinbutton', { name: 'Samples' }).fill('1');
  await a.getByRole('button', { name: 'Render', exact: true }).click();
  await pictureHash(a);
  await part(a, /^Chat/).click();
  await room(a).getByRole('button', { name: 'Add this render' }).click();
  await say(a, 'done');
  await part(a, /^Pins/).click();
  await room(a).getByRole('button', { name: 'All pins' }).click();
  await room(a).getByRole('button', { name: 'Set a pin' }).click();
  await a.getByRole('button', { name: /^Press where the pin goes, or/ }).press('Enter');
  await room(a).getByRole('textbox', { name: 'What about this place?' }).fill('a firefly');
  await a.keyboard.press('Enter');
  await part(b, /^Chat/).click();
  await b.getByRole('button', { name: 'Scene', exact: true }).click();
  await room(b).getByRole('button', { name: 'Render of Cornell box' }).click();
  await expect(b.getByRole('img', { name: 'Rendered picture' })).toBeVisible();
  await expect(b.getByRole('button', { name: 'Pin 2: a firefly' })).toBeVisible();

  // The debug panel draws its history.
  await a.getByRole('button', { name: 'Debug panel', exact: true }).click();
  await a.getByRole('navigation', { name: 'Debug views' }).getByRole('button', { name: 'Room' }).click();
  const history = a.getByRole('region', { name: 'Room history' });
  await expect(history.getByRole('table', { name: 'Who has what' }).getByRole('row')).toHaveCount(3);
  await expect(history.getByRole('row', { name: /what is here/ })).toHaveCount(2);
  await look(a, 'the history', '.debug-dock');
  await a.getByRole('button', { name: 'Close debug panel' }).click();

  // A reload, alone, has it all.
  await closeTab(b);
  await a.setViewportSize({ width: 360, height: 740 });
  await a.reload();
  await chatButton(a).click();
  await expect(lines(a)).toContainText('a little');
  await expectFits(a);
  await part(a, /^Pins/).click();
  await expect(room(a).getByRole('list', { name: 'Pins' }).getByRole('listitem')).toHaveCount(1);
  await room(a).getByRole('button', { name: 'Show resolved (1)' }).click();
  await room(a)
    .getByRole('button', { name: /^Pin 1 ?noisy here/ })
    .click();
  await expectFits(a);
  await look(a, 'a thread on a phone');
  await part(a, /^View/).click();
  await expectFits(a);
  await room(a).getByRole('button', { name: 'Invite' }).click();
  await expect(a.getByRole('img', { name: 'Link of the network as QR code' })).toBeVisible();
  await expectFits(a);
  await look(a, 'the invite', 'dialog[open]');
  expect(found).toEqual([]);
});

test('a room with roles: a reader reads, says that it may not write, and nobody without its link is in it', async ({
  tab,
}) => {
  const a = await tab();
  await chatButton(a).click();
  await room(a).getByRole('button', { name: 'Invite' }).click();
  await a.getByRole('button', { name: 'Make a room with roles' }).click();
  await expect.poll(() => new URL(a.url()).hash).toContain('&room=');
  await room(a).getByRole('button', { name: 'Invite' }).click();
  const reader = await a.getByRole('textbox', { name: 'Reader link' }).inputValue();
  await a.getByRole('button', { name: 'Writer', exact: true }).click();
  const writer = await a.getByRole('textbox', { name: 'Writer link' }).inputValue();
  await a.keyboard.press('Escape');
  await say(a, 'for those with a link');

  const [b, c] = [await tab(reader), await tab(writer)];
  await expect(lines(b)).toContainText('for those with a link');
  await expect(room(b)).toContainText('This link lets you read the room and not write.');
  await expect(room(b).getByRole('textbox', { name: 'Message' })).toHaveCount(0);
  await part(b, /^Pins/).click();
  await expect(room(b)).toContainText('This link lets you read pins and not set any.');
  await say(c, 'and from a writer');
  await part(b, /^Chat/).click();
  await expect(lines(b)).toContainText('and from a writer');
  // As docs/page.md has it.
  const line = JSON.stringify({ say: 'and from a script', link: null, name: 'nightly' });
  const script = await runCommand(['room', 'say', writer, '--parse', line, '--timeout', '60']);
  expect([script.exitCode, script.stderr]).toEqual([0, '']);
  await expect(lines(b)).toContainText('and from a script');
  // Who has the invite of the network alone is in the network's room, which is another.
  const d = await tab(`${reader.split('&')[0]}`);
  await chatButton(d).click();
  await expect(room(d)).toContainText('Nothing has been said yet.');
  // Whoever copied a link wrong waits for nobody, and hears of it.
  const at = writer.length - 10;
  const lost = await tab(`${writer.slice(0, at)}${writer[at] === 'A' ? 'B' : 'A'}${writer.slice(at + 1)}`);
  await expect(room(lost).getByRole('status')).toContainText('or the key of its link is not theirs');
  await closeTab(lost);
  // What a reader has is what its address says: after a reload as well.
  await b.reload();
  await expect(lines(b)).toContainText('and from a writer');
  await expect(room(b).getByText('read only')).toBeVisible();

  // The writer is removed: it is told so, writes for nobody any more, and its link lets nobody in; the others go on with new keys.
  const author = await c.evaluate(() => window.leafcutter?.node.id);
  const before = a.url();
  await room(a)
    .getByRole('list', { name: 'Who is here' })
    .locator(`[data-node="${author}"]`)
    .getByRole('button', { name: /^Remove .* from the room$/ })
    .click();
  await a.getByRole('button', { name: 'Remove from room' }).click();
  await expect(room(c).getByTestId('room-sync')).toHaveText('Removed');
  await expect(room(c)).toContainText(/removed this device/i);
  await expect(room(c).getByRole('button', { name: 'Invite' })).toHaveCount(0);
  await expect(room(a).locator(`[data-node="${author}"]`)).toHaveCount(0);
  await expect.poll(() => a.url()).not.toBe(before);
  await say(a, 'among ourselves');
  await expect(lines(b)).toContainText('among ourselves');
  await expect(lines(c)).not.toContainText('among ourselves');
  // What it may not say any more is not taken from who has typed it.
  await openBox(c);
  await room(c).getByRole('button', { name: 'Add this view' }).click();
  await say(c, 'let me in');
  await expect(room(c).getByRole('alert')).toContainText(/removed this device/i);
  await expect(room(c).getByRole('textbox', { name: 'Message' })).toHaveValue('let me in');
  await expect(room(c)).toContainText('With the view of Cornell box');
  await part(c, /^Pins/).click();
  await room(c).getByRole('button', { name: 'Set a pin' }).click();
  await c.getByRole('button', { name: /^Press where the pin goes, or/ }).press('Enter');
  const newPin = room(c).getByRole('textbox', { name: 'What about this place?' });
  await newPin.fill('noisy here');
  await c.keyboard.press('Enter');
  await expect(room(c).getByRole('alert')).toContainText(/removed this device/i);
  await expect(newPin).toHaveValue('noisy here');
  const e = await tab(writer);
  await expect(room(e)).toContainText('this link is from before somebody was removed', { ignoreCase: true });
  // It is not the end of the way: the network has a room as well.
  await room(e).getByRole('link', { name: 'To the network’s room' }).click();
  await expect.poll(() => e.url()).not.toContain('&room=');
  await chatButton(e).click();
  await expect(room(e)).toContainText('Nothing has been said yet.');
  await a.reload();
  await expect(lines(a)).toContainText('among ourselves');
});

async function stateHash(page: Page): Promise<string> {
  return (await page.getByTestId('room-state').textContent()) ?? '';
}

async function openHistory(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Debug panel', exact: true }).click();
  await page.getByRole('navigation', { name: 'Debug views' }).getByRole('button', { name: 'Room' }).click();
  await expect(page.getByTestId('room-state')).toBeVisible();
}

test('five tabs: the server is killed, whoever made the room goes, and the others go on and end with one hash', {
  tag: '@long',
}, async ({ browser }) => {
  const server = await startServer();
  const pages = await openNetwork(browser, server.url, 5);
  const [maker, ...others] = pages as [Page, Page, Page, Page, Page];
  await chatButton(maker).click();
  await say(maker, 'I began it');
  for (const page of others) {
    await chatButton(page).click();
    await expect(lines(page)).toContainText('I began it');
  }
  // What is loaded late is, while there is a server.
  for (const page of others) await openHistory(page);
  await server.kill();
  await maker.context().close(); // without a word
  await Promise.all(others.map((page, i) => say(page, `${i} goes on`)));
  for (const page of others) {
    await expect(people(page)).toHaveCount(4);
    for (let i = 0; i < others.length; i++) await expect(lines(page)).toContainText(`${i} goes on`);
    await expect(room(page).getByTestId('room-sync')).toHaveText('In step');
  }
  const hashes = await Promise.all(others.map(stateHash));
  expect(new Set(hashes).size).toBe(1);
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  await closeAll(browser);
});

async function closeAll(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
}
