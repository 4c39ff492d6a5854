/** A render in the list is opened again on another device, as it was: one thing is changed, and it is rendered anew. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { movingTriangle, panorama } from './support/small-files.ts';
import { closeTab, lendWorkers, people, startSample } from './support/tabs.ts';

const number = (page: Page, name: string) => page.getByRole('spinbutton', { name, exact: true });

/** Renders with the settings as they are; the hash. */
async function render(page: Page, count: number): Promise<string> {
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Renders' }).getByRole('listitem')).toHaveCount(count);
  return page.evaluate(async () => (await window.leafcutter?.jobs[0]?.finished) ?? '');
}

async function changeNewest(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^More about/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Change and render again' }).click();
  await expect(page.locator('.stage')).toHaveAttribute('data-view', 'scene');
}

test('unchanged it has the same hash: scene, moment, view, lens, panorama and all settings are there', async ({
  network,
}) => {
  const [starter, other] = await network(2);
  if (!starter || !other) throw new Error('two tabs were asked for');
  const files = starter.getByLabel('Scene files');
  await files.setInputFiles([movingTriangle(), panorama('dusk.hdr', [1, 0.5, 0.25])]);
  await expect(starter.locator('.stage')).toHaveAttribute('data-view', 'scene');
  await number(starter, 'Width').fill('96');
  await number(starter, 'Height').fill('64');
  await number(starter, 'Samples').fill('3');
  await starter.getByText('Advanced', { exact: true }).click();
  await number(starter, 'Seed').fill('11');
  await starter.getByRole('switch', { name: 'Depth of field' }).click();
  await number(starter, 'Time').fill('0.5');
  await number(starter, 'Time').blur();
  await expect(starter.getByText('Posing the scene')).toHaveCount(0);
  const hash = await render(starter, 1);

  await expect(other.getByRole('list', { name: 'Renders' }).getByRole('listitem')).toHaveCount(1);
  await changeNewest(other);
  await other.getByText('Advanced', { exact: true }).click();
  await expect(number(other, 'Seed')).toHaveValue('11');
  await expect(number(other, 'Time')).toHaveValue('0.5');
  await expect(other.getByRole('switch', { name: 'Depth of field' })).toBeChecked();
  await expect(other.getByRole('combobox', { name: 'Environment' })).toContainText('dusk.hdr');
  expect(await render(other, 2)).toBe(hash);

  await changeNewest(other);
  await number(other, 'Width').fill('48');
  expect(await render(other, 3)).not.toBe(hash);
  expect(await other.evaluate(() => window.leafcutter?.jobs[0]?.film.width)).toBe(48);
});

test('where nobody has its scene any more, that and what to do is said', async ({ network }) => {
  const [starter, other] = await network(2);
  if (!starter || !other) throw new Error('two tabs were asked for');
  for (const page of [starter, other]) await lendWorkers(page, 0);
  await startSample(starter, { width: 64, height: 64, samples: 16 });
  const more = other.getByRole('button', { name: /^More about/ });
  await more.click();
  await other.getByRole('menuitem', { name: 'Cancel', exact: true }).click();
  await closeTab(starter);
  await expect(people(other)).toHaveCount(1);
  const whatToDo = 'open it and render it anew, or wait for one that has it';
  await more.click();
  await other.getByRole('menuitem', { name: 'Change and render again' }).click();
  await expect(other.getByRole('alert').filter({ hasText: whatToDo })).toBeVisible();
  // Another leads by then: a menu that is opened earlier keeps what could be done without one.
  await expect(other.getByRole('button', { name: 'Go on with it' })).toBeEnabled();
  await more.click();
  await other.getByRole('menuitem', { name: 'Go on with it' }).click();
  await lendWorkers(other, 1);
  await expect(other.getByRole('list', { name: 'Renders' })).toContainText(whatToDo);
});
