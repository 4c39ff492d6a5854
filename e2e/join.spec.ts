/** Joining and leaving, as two people at two machines see it; and two tabs of one browser. */
import { chromium } from '@playwright/test';
import { windowLaunchOptions } from './support/chromium.ts';
import { expect, resident, test } from './support/fixtures.ts';
import { inviteLink, lendWorkers, nodeId, openTab, partings, people, startSample } from './support/tabs.ts';

test('whoever opens the invite link joins, and says goodbye when the tab is closed', async ({ server }) => {
  await using browser = await chromium.launch(windowLaunchOptions);
  const host = await openTab(browser, server.url);
  const guest = await openTab(browser, await inviteLink(host));
  await expect(people(host)).toHaveCount(2);
  await expect(people(guest)).toHaveCount(2);
  const guestId = await nodeId(guest);
  const guestAtHost = people(host).filter({ has: host.locator(`[title="Node ${guestId}"]`) });
  await expect(guestAtHost).toContainText(/\d+ cores?/);

  const reasons = await partings(host);
  await guest.context().close();
  // A Node that only falls silent is given up after seconds, for another reason.
  await expect.poll(reasons).toEqual(['it said goodbye']);
  await expect(people(host)).toHaveCount(1);
});

const theHost = resident();

test('a new device name is seen by everyone', async ({ tab }) => {
  const host = theHost();
  const guest = await tab(await inviteLink(host));
  const name = host.getByRole('textbox', { name: 'Device name' });
  await name.fill('Workshop PC');
  await name.press('Enter');
  await expect(people(guest).filter({ hasText: 'Workshop PC' })).toHaveCount(1);
});

test('every page without a fragment is a network of its own, with its key in the fragment only', async ({
  tab,
}) => {
  const one = await tab();
  const requested: string[] = [];
  one.on('request', (request) => requested.push(request.url()));
  await one.reload();
  await expect(one.getByTestId('rendezvous')).toHaveText('Online');
  const other = theHost();
  const link = await inviteLink(one);
  expect(link).toBe(one.url());
  expect(link).not.toBe(await inviteLink(other));
  const key = link.split('.').at(-1) ?? '';
  expect(key.length).toBeGreaterThan(20);
  expect(requested.filter((url) => url.split('#')[0]?.includes(key))).toEqual([]);
  await expect(people(other)).toHaveCount(1);
});

test('the invite link is copied, also where there is no clipboard API', async () => {
  const page = theHost();
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  const copied = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('copy', () => {
          const field = document.activeElement;
          resolve(field instanceof HTMLInputElement ? field.value : '');
        });
      }),
  );
  await page.getByRole('button', { name: 'Copy invite link' }).click();
  expect(await copied).toBe(await inviteLink(page));
});

test('a wrong key is kept out, and both pages say why', async ({ tab }) => {
  const host = theHost();
  const link = await inviteLink(host);
  const wrong = link.replace(/\.[^.]*$/, '.AAAAAAAAAAAAAAAAAAAAAA');
  const stranger = await tab(wrong);
  await expect(host.getByRole('alert')).toContainText(/key/i);
  await expect(stranger.getByRole('alert')).toContainText(/key/i);
  await expect(people(host)).toHaveCount(1);
  await expect(people(stranger)).toHaveCount(1);
});

test('a link that is no invite explains itself and leads on', async ({ page, server }) => {
  await page.goto(`${server.url}#amber-otter-river`);
  await expect(page.getByRole('alert')).toContainText('no key');
  await page.getByRole('link', { name: 'Start a new network' }).click();
  await expect(page.getByTestId('rendezvous')).toHaveText('Online');
});

test('two tabs of one browser share its cores while they work, and the one that stays has them all again', async () => {
  const first = theHost();
  await lendWorkers(first, 2);
  const second = await first.context().newPage();
  await second.goto(await inviteLink(first));
  await expect(people(second)).toHaveCount(2);
  await lendWorkers(second, 2);
  const cores = (page: typeof first) => page.getByRole('status').filter({ hasText: '1 worker of 2 now' });
  await expect(cores(first)).toHaveCount(0);
  await startSample(first, { width: 512, height: 512, samples: 4096 });
  for (const page of [first, second]) await expect(cores(page)).toBeVisible();
  await second.close();
  await expect(cores(first)).toHaveCount(0);
  await expect(people(first)).toHaveCount(1);
});
