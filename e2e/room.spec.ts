/** The room beside the stage: real tabs chat, set pins, follow each other and share a view; a reader may not write; and nobody is its host. */
import type { Browser, Locator, Page } from '@playwright/test';
import { violations } from './support/axe.ts';
import { expect, residents, test } from './support/fixtures.ts';
import { runCommand, startServer } from './support/server.ts';
import { clearStage, closeTab, openNetwork, people, pictureHash, startSample } from './support/tabs.ts';

const room = (page: Page): Locator => page.getByRole('complementary', { name: 'Room', exact: true });
const lines = (page: Page): Locator => room(page).getByRole('list', { name: 'Chat' });
const chatButton = (page: Page): Locator => page.getByRole('banner').getByRole('button', { name: /^Chat/ });
const part = (page: Page, name: RegExp): Locator =>
  room(page).getByRole('navigation', { name: 'Room parts' }).getByRole('button', { name });
const preview = (page: Page): Locator => page.getByLabel(/^Scene preview/);

async function say(page: Page, text: string): Promise<void> {
  await room(page).getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

async function openBox(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await expect(preview(page)).toBeVisible();
  await expect(page.locator('.preview .skeleton')).toHaveCount(0);
}

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

test.describe('in one room, one after the other', () => {
  const tabs = residents(2);
  test.beforeEach(async () => {
    for (const page of tabs()) {
      for (const name of ['Close room', 'Close debug panel']) {
        const close = page.getByRole('button', { name });
        if (await close.isVisible()) await close.click();
      }
      await clearStage(page);
    }
  });

  test('a line that is taken back makes no other unread', async () => {
    const [a, b] = tabs();
    if (!a || !b) throw new Error('two tabs were asked for');
    for (const page of [a, b]) await chatButton(page).click();
    for (const text of ['one', 'two', 'three']) await say(b, text);
    for (const text of ['one', 'two', 'three']) await expect(lines(a)).toContainText(text);
    await room(a).getByRole('button', { name: 'Close room' }).click();
    await expect(chatButton(a)).toHaveAccessibleName('Chat');
    await room(b).getByRole('button', { name: 'Undo: the line “three”' }).click();
    await expect(lines(b)).not.toContainText('three');
    await say(b, 'four');
    await expect(chatButton(a)).toHaveAccessibleName('Chat 1 unread');
  });

  test('two who set a pin on one pixel at once have one each, in one order, and both are in reach on the stage', async () => {
    const pages = tabs();
    await startSample(pages[0] as Page, { width: 64, height: 64, samples: 1 });
    for (const page of pages) await pictureHash(page);
    for (const page of pages) {
      await chatButton(page).click();
      await part(page, /^Pins/).click();
      await room(page).getByRole('button', { name: 'Set a pin' }).click();
      await page.getByRole('button', { name: /^Press where the pin goes, or/ }).press('Enter');
    }
    const words = ['a firefly', 'too dark'];
    await Promise.all(
      pages.map(async (page, i) => {
        await room(page)
          .getByRole('textbox', { name: 'What about this place?' })
          .fill(words[i] ?? '');
        await page.keyboard.press('Enter');
      }),
    );
    const rows = (page: Page): Locator =>
      room(page).getByRole('list', { name: 'Pins' }).getByRole('listitem');
    for (const page of pages) await expect(rows(page)).toHaveCount(2);
    await expect(rows(pages[0] as Page)).toHaveText(await rows(pages[1] as Page).allTextContents());
    for (const page of pages) {
      for (const said of words) {
        await page.getByRole('button', { name: new RegExp(`^Pin [12]: ${said}$`) }).click();
        await expect(room(page).getByRole('list', { name: 'Thread' })).toContainText(said);
      }
    }
    // With how many there are, and all else that can be open, nothing is cut off or lies upon what is to be pressed.
    const [first] = pages as [Page];
    await expect(part(first, /^Pins/)).toHaveText('Pins (2)');
    expect(await part(first, /^Pins/).evaluate((one) => one.scrollHeight - one.clientHeight)).toBe(0);
    await first.getByRole('button', { name: 'Debug panel', exact: true }).click();
    await first.getByRole('button', { name: 'Download as' }).click({ trial: true });
    for (const page of pages) await room(page).getByRole('button', { name: 'All pins' }).click();
  });

  test('resolved pins are removed for all, the others keep their numbers, and who types in the thread of one has the words in the chat', async () => {
    const [a, b] = tabs();
    if (!a || !b) throw new Error('two tabs were asked for');
    await startSample(a, { width: 64, height: 64, samples: 1 });
    await pictureHash(a);
    for (const page of [a, b]) {
      await chatButton(page).click();
      await part(page, /^Pins/).click();
    }
    const pins = (page: Page): Locator => room(page).getByRole('list', { name: 'Pins' });
    for (const text of ['done with', 'to do']) {
      await room(a).getByRole('button', { name: 'Set a pin' }).click();
      await a.getByRole('button', { name: /^Press where the pin goes, or/ }).press('Enter');
      await room(a).getByRole('textbox', { name: 'What about this place?' }).fill(text);
      await a.keyboard.press('Enter');
      await expect(pins(b)).toContainText(text);
    }
    const row = (page: Page, text: string): Locator =>
      pins(page).getByRole('button', { name: new RegExp(`^Pin \\d+ ?${text}`) });
    const number = await row(b, 'to do').locator('.pin-number').textContent();

    await row(b, 'done with').click();
    await room(b).getByRole('textbox', { name: 'Answer' }).fill('half an answer');
    await row(a, 'done with').click();
    await room(a).getByRole('button', { name: 'Resolve' }).click();
    await room(a).getByRole('button', { name: 'All pins' }).click();
    await room(a)
      .getByRole('button', { name: /^Remove resolved/ })
      .click();
    await expect(room(a).getByRole('region', { name: 'Pins' })).toBeFocused();
    await expect(room(b).getByRole('textbox', { name: 'Message' })).toHaveValue('half an answer');
    await expect(room(b).getByRole('alert')).toContainText('your words are in the chat');
    await part(b, /^Pins/).click();
    for (const page of [a, b]) {
      await expect(row(page, 'done with')).toHaveCount(0);
      await expect(row(page, 'to do').locator('.pin-number')).toHaveText(number ?? '');
    }
    await room(a).getByRole('button', { name: 'Undo: removing a pin' }).click();
    await room(b)
      .getByRole('button', { name: /^Show resolved/ })
      .click();
    await expect(row(b, 'done with')).toBeVisible();
    await part(b, /^Chat/).click();
    await room(b).getByRole('textbox', { name: 'Message' }).press('Enter');
    await expect(lines(b)).toContainText('half an answer');
  });

  test('two who follow each other at once do not run after each other: one of them follows nobody', async () => {
    const [a, b] = tabs();
    if (!a || !b) throw new Error('two tabs were asked for');
    await openBox(a);
    await b.getByRole('button', { name: 'Sample: Terrace' }).click();
    await expect(preview(b)).toBeVisible();
    const follow = (page: Page): Locator => room(page).getByRole('button', { name: /^Follow (?!me)/ });
    for (const page of [a, b]) await chatButton(page).click();
    for (const page of [a, b]) await expect(follow(page)).toBeVisible();
    const atMs = Date.now() + 2_000;
    for (const page of [a, b]) {
      await follow(page).evaluate((button: HTMLElement, clickAtMs) => {
        setTimeout(() => button.click(), clickAtMs - Date.now());
      }, atMs);
    }
    const following = (page: Page): Promise<number> =>
      room(page)
        .getByRole('button', { name: /^Stop following/ })
        .count();
    const followed = (page: Page): Promise<number> => room(page).getByText('follows you').count();
    await expect
      .poll(async () => [
        await Promise.all([following(a), following(b)]).then((all) => all.toSorted()),
        await Promise.all([followed(a), followed(b)]).then((all) => all.toSorted()),
      ])
      .toEqual([
        [0, 1],
        [0, 1],
      ]);
  });

  test('what is typed and not said yet waits while one looks at another part', async () => {
    const [page] = tabs();
    if (!page) throw new Error('two tabs were asked for');
    await chatButton(page).click();
    await part(page, /^Chat/).click();
    const message = room(page).getByRole('textbox', { name: 'Message' });
    await message.fill('half a sent');
    await part(page, /^View/).click();
    await room(page).getByRole('textbox', { name: 'Name of the look' }).fill('Dusk');
    await part(page, /^Chat/).click();
    await expect(message).toHaveValue('half a sent');
    await message.pressSequentially('ence');
    await page.keyboard.press('Enter');
    await expect(lines(page)).toContainText('half a sentence');
    await expect(message).toHaveValue('');
    await part(page, /^View/).click();
    await expect(room(page).getByRole('textbox', { name: 'Name of the look' })).toHaveValue('Dusk');
  });
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
