/** Sixteen tabs are one mesh of which no tab has a Link to all; half of them die at once, and the rest speak on. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { crash, expectToHearEachOther, inviteLink, people } from './support/tabs.ts';

const TABS = 16;
/** All would keep two cores busy for so long that nothing is learned of the mesh. */
const AT_ONCE = 3;

const hasLinkToAll = (page: Page): Promise<boolean> =>
  page.evaluate(
    () => window.leafcutter?.node.members().every(({ isSelf, isNeighbour }) => isSelf || isNeighbour) ?? true,
  );

test('sixteen tabs join, eight are killed at once, and messages among the rest arrive', async ({ tab }) => {
  const first = await tab();
  const link = await inviteLink(first);
  const pages = [first];
  while (pages.length < TABS) {
    const more = Math.min(AT_ONCE, TABS - pages.length);
    pages.push(...(await Promise.all(Array.from({ length: more }, () => tab(link)))));
  }
  for (const page of pages) await expect(people(page)).toHaveCount(TABS);
  for (const page of pages) await expect.poll(() => hasLinkToAll(page)).toBe(false);
  // The oldest and every second one: those whom the others called first.
  const rest = pages.filter((_, i) => i % 2 === 1);
  await Promise.all(pages.filter((_, i) => i % 2 === 0).map(crash));
  for (const page of rest) await expect(people(page)).toHaveCount(TABS / 2);
  await expectToHearEachOther(rest);
});
