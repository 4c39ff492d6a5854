/** Whoever opens the page as localhost gets an invite that works elsewhere. */
import { networkInterfaces } from 'node:os';
import { expect, test } from './support/fixtures.ts';
import { startServer } from './support/server.ts';
import { inviteLink, openTab, people } from './support/tabs.ts';

const hasLan = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.family === 'IPv4' && !address.internal);

test('the invite of a page opened as localhost has the LAN address of the machine, and lets others in', async ({
  browser,
}) => {
  test.skip(!hasLan, 'this machine is in no network');
  const server = await startServer(0, ['--host', '0.0.0.0']);
  const host = await openTab(browser, server.url);
  await expect(host.getByRole('textbox', { name: 'Invite link' })).not.toHaveValue(/localhost/);
  const link = await inviteLink(host);
  expect(link).toMatch(new RegExp(`^http://[\\d.]+:${server.port}/#`));
  await expect(host.getByText(/others have no shared memory, clipboard and notifications/)).toBeVisible();

  const guest = await openTab(browser, link);
  await expect(people(host)).toHaveCount(2);
  expect(await guest.evaluate(() => isSecureContext)).toBe(false);
  await expect(guest.getByText(/this page has no shared memory.*https/)).toBeVisible();
  await server.stop();
});

test('of several addresses one is chosen, by keyboard too, on a phone too, and remembered', async ({
  browser,
  server,
}) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const addresses = [
    { url: 'http://192.168.1.5:9000/', name: 'wlan0' },
    { url: 'http://very-long-name-of-a-workstation.studio.example.org:9000/', name: 'certificate' },
  ];
  await page.route('**/api/addresses', (route) => route.fulfill({ json: { addresses } }));
  await page.goto(server.url);
  const field = page.getByRole('textbox', { name: 'Invite link' });
  await expect(field).toHaveValue(/^http:\/\/192\.168\.1\.5:9000\/#/);
  const code = page.getByRole('img', { name: 'Invite link as QR code' }).locator('path');
  const before = await code.getAttribute('d');

  const choice = page.getByRole('combobox', { name: 'Address' });
  await expect(choice.getByRole('option')).toHaveText([
    '192.168.1.5:9000 (wlan0)',
    'very-long-name-of-a-workstation.studio.example.org:9000 (certificate)',
    /\(this machine only\)/,
  ]);
  await choice.focus();
  await page.keyboard.press('ArrowDown');
  await expect(field).toHaveValue(/^http:\/\/very-long/);
  await expect(code).not.toHaveAttribute('d', before ?? '');
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);

  await page.reload();
  await expect(field).toHaveValue(/^http:\/\/very-long/);
});
