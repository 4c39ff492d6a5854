/** The list of renders without a mouse: all that its menu offers, and where the focus is afterwards. */
import type { Page } from '@playwright/test';
import { expect, resident, test } from './support/fixtures.ts';
import { clearStage, inviteLink, lendWorkers, startSample } from './support/tabs.ts';

const rows = (page: Page) => page.getByRole('list', { name: 'Renders' }).getByRole('listitem');

/** In the menu of the focused row, by its first letters and arrows. */
async function choose(page: Page, label: string): Promise<void> {
  await page.keyboard.press('Enter');
  const item = page.getByRole('menuitem', { name: label, exact: true });
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  const labels = await page.getByRole('menuitem').evaluateAll((all) => all.map((one) => one.ariaLabel));
  for (let i = labels.indexOf(label); i > 0; i--) await page.keyboard.press('ArrowDown');
  await expect(item).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(item).toHaveCount(0);
}

const theTab = resident();
test.beforeEach(() => clearStage(theTab()));

for (const [what, viewport] of [
  ['on a desktop', { width: 1360, height: 850 }],
  ['on a phone', { width: 360, height: 740 }],
] as const) {
  test(`a render is paused, ordered, cancelled, gone on with and removed by keyboard, ${what}`, async () => {
    const page = theTab();
    // Nobody works: what stands there changes by what is chosen only.
    await lendWorkers(page, 0);
    for (let count = 1; count <= 3; count++) {
      if (count === 1) await startSample(page, { width: 64, height: 64, samples: 16 });
      else await page.getByRole('button', { name: 'Render', exact: true }).click();
      await expect(rows(page)).toHaveCount(count);
      // As long as one renders there is no second one.
      await rows(page)
        .first()
        .getByRole('button', { name: /^More about/ })
        .focus();
      await choose(page, 'Pause');
      await page.getByRole('button', { name: 'Scene', exact: true }).click();
    }
    await page.setViewportSize(viewport);
    if (viewport.width < 600) await page.getByRole('button', { name: 'Renders', exact: true }).click();
    const row = rows(page).nth(1);
    const opener = row.getByRole('button', { name: /^More about/ });
    await opener.focus();
    for (const [label, shown] of [
      ['Resume', 'no workers'],
      ['Pause', 'paused'],
      ['Resume', 'no workers'],
      ['Sooner', 'before others'],
      ['Later', 'no workers'],
      ['Later', 'after others'],
      ['Cancel', 'cancelled'],
      ['Go on with it', 'no workers'],
      ['Cancel', 'cancelled'],
    ] as const) {
      await choose(page, label);
      await expect(row).toContainText(shown);
      await expect(opener).toBeFocused();
      await expect(opener).toBeInViewport({ ratio: 1 });
    }
    const last = rows(page).nth(2).getByRole('button').first();
    const lastTitle = await last.elementHandle();
    await choose(page, 'Remove from the list');
    await expect(rows(page)).toHaveCount(2);
    // That which has taken its place.
    expect(await lastTitle?.evaluate((button) => button === document.activeElement)).toBe(true);
    for (const count of [1, 0]) {
      await page.keyboard.press('Tab');
      await choose(page, 'Cancel');
      await choose(page, 'Remove from the list');
      await expect(rows(page)).toHaveCount(count);
    }
    await expect(page.getByRole('heading', { name: 'Renders' })).toBeFocused();
  });
}

test('a menu that is open stays as it is when another acts: nothing else comes under the pointer', async ({
  tab,
}) => {
  const page = theTab();
  const other = await tab(await inviteLink(page));
  await lendWorkers(page, 0);
  await lendWorkers(other, 0);
  await startSample(page, { width: 64, height: 64, samples: 16 });
  const more = (tab: Page) =>
    rows(tab)
      .first()
      .getByRole('button', { name: /^More about/ });
  await more(page).click();
  const items = page.getByRole('menuitem');
  const seen = await items.evaluateAll((all) => all.map((one) => one.ariaLabel));
  await more(other).click();
  await other.getByRole('menuitem', { name: 'Pause', exact: true }).click();
  const pause = page.getByRole('menuitem', { name: 'Pause', exact: true });
  await expect(pause).toBeDisabled();
  await pause.click({ force: true });
  await more(other).click();
  await other.getByRole('menuitem', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('menuitem', { name: 'Cancel', exact: true })).toBeDisabled();
  expect(await items.evaluateAll((all) => all.map((one) => one.ariaLabel))).toEqual(seen);
  await expect(rows(page).first()).toContainText('cancelled');
  await page.keyboard.press('Escape');
  await more(page).click();
  await expect(items.first()).toHaveAccessibleName('Go on with it');
});
