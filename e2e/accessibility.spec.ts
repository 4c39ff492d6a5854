/** What axe finds by its rules for WCAG 2 A and AA, contrast included, in every state of the page, light and, where colours count, dark: nothing. */
import { violations } from './support/axe.ts';
import { expect, test } from './support/fixtures.ts';
import { pictureHash } from './support/tabs.ts';

/** Where the debug panel and what is opened in it are. */
const DOCK = '.debug-dock';

test('axe finds nothing in any state of the page', async ({ tab }) => {
  const page = await tab();
  const found: string[] = [];
  const show = async (colorScheme: 'light' | 'dark'): Promise<void> => {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
  };
  let scheme: 'light' | 'dark' = 'light';
  /** All rules in the scheme that is shown, the colours in the other one, which is shown from then on. */
  const look = async (state: string, within?: string): Promise<void> => {
    for (const violation of await violations(page, 'all', within))
      found.push(`${state}, ${scheme}: ${violation}`);
    scheme = scheme === 'light' ? 'dark' : 'light';
    await show(scheme);
    for (const violation of await violations(page, 'colours', within))
      found.push(`${state}, ${scheme}: ${violation}`);
  };
  await look('empty');
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await expect(page.getByLabel(/^Scene preview/)).toBeVisible();
  await look('scene');
  await page.getByRole('spinbutton', { name: 'Samples' }).fill('0');
  await page.getByText('Advanced').click();
  await look('settings, one of them wrong');
  await page.getByRole('spinbutton', { name: 'Samples' }).fill('2');
  await page.getByRole('button', { name: 'Render', exact: true }).click();
  await pictureHash(page);
  await look('picture');
  await page.getByRole('button', { name: 'Compute', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await look('compute');
  await page.getByRole('button', { name: 'Debug panel', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Topology' })).toBeVisible();
  await look('debug panel');
  await page.getByRole('button', { name: 'Messages', exact: true }).click();
  const messages = page.getByRole('region', { name: 'Messages', exact: true });
  await expect(messages.getByRole('button', { name: 'Subscribe', exact: true })).toBeVisible();
  await look('messages', DOCK);
  await messages.getByRole('textbox', { name: 'Subject to subscribe to' }).fill('jobs.>');
  await page.keyboard.press('Enter');
  await messages.getByRole('button', { name: /^jobs/ }).click();
  await look('messages of a subject, none yet', DOCK);
  await messages.getByRole('textbox', { name: 'Subject to send to' }).fill('jobs.new');
  await messages.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(messages.getByRole('listbox', { name: 'Stream' }).getByRole('option')).toHaveCount(1);
  await look('messages', DOCK);
  await messages.getByRole('listbox', { name: 'Stream' }).getByRole('option').click();
  await messages.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(messages.getByText('Nobody serves jobs.new.')).toBeVisible();
  await look('a message, and a question that nobody serves', DOCK);
  expect(found).toEqual([]);
});
