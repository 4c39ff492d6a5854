/** What axe finds by its rules for WCAG 2 A and AA, contrast included. */
import type { Page } from '@playwright/test';
import axe, { type RunOnly } from 'axe-core';

/** All of them, and those that are about colours alone. */
const RULES = {
  all: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  colours: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} satisfies Record<string, RunOnly>;

/** Each with the elements that it is about. @param within a selector, where the rest of the page is as it was when axe looked at all of it */
export async function violations(
  page: Page,
  rules: keyof typeof RULES = 'all',
  within = ':root',
): Promise<readonly string[]> {
  // Not a script of the page: its policy would not have it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async ([runOnly, include]): Promise<string[]> => {
      const inPage = (window as unknown as { axe: typeof axe }).axe;
      // What fades in is looked at as it will be.
      for (const animation of document.getAnimations())
        if (animation.effect?.getTiming().iterations !== Infinity) animation.finish();
      const { violations } = await inPage.run(include, { runOnly, resultTypes: ['violations'] });
      return violations.map(
        ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`,
      );
    },
    [RULES[rules], within] as const,
  );
}
