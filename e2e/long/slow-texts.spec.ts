/**
 * The two texts of an invite without a server travel as slowly as people: read aloud, sent by mail, walked across a yard. Run by
 * `npm run e2e:long`, not by `npm test`.
 */
import type { Locator } from '@playwright/test';
import { expect, test } from '../support/fixtures.ts';
import { startServer } from '../support/server.ts';
import { expectToHearEachOther, inviteLink, openTab, people } from '../support/tabs.ts';

const MINUTES = 4;

test(`a newcomer joins by two texts of which each took ${MINUTES} minutes`, async ({ tab, browser }) => {
  const host = await tab();
  const link = new URL(await inviteLink(host));
  // The newcomer has the page from elsewhere: it never meets the others at a server.
  const other = await startServer();
  const newcomer = await openTab(browser, new URL(link.hash, other.url).href);
  await other.kill();
  await expect(newcomer.getByTestId('rendezvous')).toHaveText('Signaling away');
  const walk = () => new Promise((resolve) => setTimeout(resolve, MINUTES * 60_000));

  await newcomer.getByRole('button', { name: 'Connect without a server' }).click();
  await host.getByRole('button', { name: 'Connect without a server' }).click();
  const [here, there] = [host, newcomer].map((page) => page.getByRole('dialog')) as [Locator, Locator];
  await here.getByRole('button', { name: 'Let a device in' }).click();
  const offer = await here.getByRole('textbox', { name: 'First text' }).inputValue();
  await walk();
  await there.getByRole('button', { name: 'Join from this device' }).click();
  await there.getByRole('textbox', { name: 'First text' }).fill(offer);
  await there.getByRole('button', { name: 'Make the answer' }).click();
  const answer = await there.getByRole('textbox', { name: 'Answer' }).inputValue();
  await walk();
  await here.getByRole('textbox', { name: 'Its answer' }).fill(answer);
  await here.getByRole('button', { name: 'Connect', exact: true }).click();
  for (const dialog of [here, there]) await expect(dialog).toContainText('Connected');
  for (const page of [host, newcomer]) {
    await page.keyboard.press('Escape');
    await expect(people(page)).toHaveCount(2);
  }
  await expectToHearEachOther([host, newcomer]);
});
