/** The room beside the stage, as a person finds it there. */
import { expect, type Locator, type Page } from '@playwright/test';

export const room = (page: Page): Locator => page.getByRole('complementary', { name: 'Room', exact: true });
export const lines = (page: Page): Locator => room(page).getByRole('list', { name: 'Chat' });
export const chatButton = (page: Page): Locator =>
  page.getByRole('banner').getByRole('button', { name: /^Chat/ });
export const part = (page: Page, name: RegExp): Locator =>
  room(page).getByRole('navigation', { name: 'Room parts' }).getByRole('button', { name });
export const preview = (page: Page): Locator => page.getByLabel(/^Scene preview/);

export async function say(page: Page, text: string): Promise<void> {
  await room(page).getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

export async function openBox(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await expect(preview(page)).toBeVisible();
  await expect(page.locator('.preview .skeleton')).toHaveCount(0);
}
