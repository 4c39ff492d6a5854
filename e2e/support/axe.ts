/** What axe finds by its rules for WCAG 2 A and AA, contrast included. */
import type { Page } from '@playwright/test';
import axe, { type AxeResults } from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Each with the elements that it is about. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Not a script of the page: its policy would not have it.
  await page.evaluate(axe.source);
  const results = await page.evaluate(async (tags): Promise<AxeResults> => {
    const inPage = (window as unknown as { axe: typeof axe }).axe;
    // What fades in is looked at as it will be.
    for (const animation of document.getAnimations())
      if (animation.effect?.getTiming().iterations !== Infinity) animation.finish();
    return inPage.run({ runOnly: { type: 'tag', values: tags } });
  }, RULES);
  return results.violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`,
  );
}
