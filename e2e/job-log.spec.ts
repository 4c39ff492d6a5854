/** The log under a render: what happened and who did what, on every tab, and still there after all of them were closed. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { slowWorkers } from './support/render-workers.ts';
import { closeTab, lendWorkers, openNetwork, pictureHash, startSample } from './support/tabs.ts';

const events = (page: Page) => page.getByRole('list', { name: 'What happened, the latest first' });
const work = (page: Page) => page.getByRole('list', { name: 'What each device did' }).getByRole('listitem');
const open = (page: Page) => page.getByText('Log of this render').click();

/** In a page: the keys of what its browser keeps. */
async function keptKeys(): Promise<string[]> {
  const keys: string[] = [];
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAllKeys();
      await new Promise((resolve) => {
        all.onsuccess = resolve;
      });
      keys.push(...all.result.map(String));
    }
    database.close();
  }
  return keys;
}

test('tells on each tab who asked for a render, who helped and how much, of all devices or of one, and outlives them', async ({
  browser,
  server,
}) => {
  const [starter, helper] = await openNetwork(browser, server.url, 2);
  if (!starter || !helper) throw new Error('two tabs were asked for');
  await slowWorkers(starter, helper);
  for (const page of [starter, helper]) await lendWorkers(page, 1);
  await startSample(starter, { width: 192, height: 128, samples: 16 });
  await expect(helper.getByText('Log of this render')).toBeVisible();
  await open(helper);
  await expect(events(helper)).toContainText('asked for it');
  await expect(events(helper)).toContainText('This device began to help');
  await pictureHash(helper);
  await expect(events(helper).getByRole('listitem').first()).toContainText('done');
  await expect(work(helper)).toHaveCount(2);

  const whose = helper.getByRole('combobox', { name: 'Whose log' });
  await whose.selectOption('This device');
  await expect(work(helper)).toHaveCount(1);
  await expect(events(helper)).not.toContainText('asked for it');

  // Its disk keeps it: nobody is left to ask.
  await pictureHash(starter);
  await closeTab(helper);
  await expect
    .poll(() => starter.evaluate(keptKeys))
    .toContainEqual(expect.stringMatching(/^job\/.*\/final\//));
  await starter.reload();
  await starter.getByRole('list', { name: 'Renders' }).getByRole('button').first().click();
  await open(starter);
  await expect(events(starter)).toContainText('asked for it');
  await expect(work(starter)).toHaveCount(2);
  // How long it took is not kept, and no other figure is made of that.
  await expect(starter.locator('.figures')).not.toContainText(/Speed|Elapsed/);
  await expect(starter.getByRole('list', { name: 'Renders' })).not.toContainText(/ 0\.\d s/);
});
