/** Short stories of two tabs in one room, one after the other: unread lines, pins, following, and what is not said yet. */
import type { Locator, Page } from '@playwright/test';
import { expect, residents, test } from './support/fixtures.ts';
import { chatButton, lines, openBox, part, preview, room, say } from './support/room.ts';
import { clearStage, pictureHash, startSample } from './support/tabs.ts';

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
  const rows = (page: Page): Locator => room(page).getByRole('list', { name: 'Pins' }).getByRole('listitem');
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
