/** Opens the page as a person would, and asks it what a person would see. Waits for facts, never for time. */
import { type Browser, expect, type Locator, type Page } from '@playwright/test';

/** One tab in a profile of its own: what it remembers is not shared with other tabs. */
export async function openTab(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext();
  await context.addInitScript(saveData);
  const page = await context.newPage();
  await page.goto(address);
  await expect(page.getByTestId('rendezvous')).toHaveText('Online');
  return page;
}

/** Else each profile would fetch all that the page may ever ask for, at the price of opening it once more. */
function saveData(): void {
  if ('connection' in navigator) Object.defineProperty(navigator.connection, 'saveData', { value: true });
}

/** As a person closes it: the page hears of it, and says goodbye if it gets to it. Its profile ends with it. */
export async function closeTab(page: Page): Promise<void> {
  page.on('dialog', (dialog) => dialog.accept()); // who asks whether that is meant is told so
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
  await page.context().close();
}

/** Its process dies without a word. */
export async function crash(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  devtools.send('Page.crash').catch(() => undefined); // nobody is left to answer
  await crashed;
}

export function inviteLink(page: Page): Promise<string> {
  return page.getByRole('textbox', { name: 'Invite link' }).inputValue();
}

export function people(page: Page): Locator {
  return page.getByRole('list', { name: 'People' }).getByRole('listitem');
}

export async function nodeId(page: Page): Promise<string> {
  const id = await people(page).first().getAttribute('data-node');
  if (!id) throw new Error('the page does not show its own Node');
  return id;
}

/** The first tab makes the Network, the others join by its invite; returns when everyone sees everyone. */
export async function openNetwork(browser: Browser, address: string, size: number): Promise<Page[]> {
  const first = await openTab(browser, address);
  const link = await inviteLink(first);
  const pages = [first];
  while (pages.length < size) pages.push(await openTab(browser, link));
  for (const page of pages) await expect(people(page)).toHaveCount(size);
  return pages;
}

/** Why others left, from now on, as this tab was told. */
export async function partings(page: Page): Promise<() => Promise<readonly string[]>> {
  const reasons = await page.evaluateHandle(() => {
    const heard: string[] = [];
    window.leafcutter?.node.events.on('left', ({ reason }) => heard.push(reason));
    return heard;
  });
  return () => reasons.jsonValue();
}

/** How many render workers this tab lends. */
export async function lendWorkers(page: Page, count: number): Promise<void> {
  await page.getByRole('spinbutton', { name: 'Workers' }).fill(String(count));
}

export interface SampleSettings {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
}

/** Opens the Cornell box and presses Render. */
export async function startSample(page: Page, { width, height, samples }: SampleSettings): Promise<void> {
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await page.getByRole('spinbutton', { name: 'Width' }).fill(String(width));
  await page.getByRole('spinbutton', { name: 'Height' }).fill(String(height));
  await page.getByRole('spinbutton', { name: 'Samples' }).fill(String(samples));
  await page.getByRole('button', { name: 'Render', exact: true }).click();
}

/** An empty stage, as whoever begins something else has it; the settings stay as they are. */
export async function clearStage(page: Page): Promise<void> {
  const anew = page.getByRole('button', { name: 'New', exact: true });
  if (await anew.isVisible()) await anew.click();
  await expect(page.getByRole('button', { name: 'Sample: Cornell box' })).toBeVisible();
  await expect(page.getByTestId('picture-hash')).toHaveCount(0);
}

/** The hash of the finished picture on this tab's stage. */
export async function pictureHash(page: Page): Promise<string> {
  const output = page.getByTestId('picture-hash');
  await expect(output).toHaveText(/^[0-9a-f]{64}$/, { timeout: 90_000 });
  return (await output.textContent()) ?? '';
}

/** Percent of the render on this tab's stage. */
export async function percent(page: Page): Promise<number> {
  return Number(
    await page.getByRole('progressbar', { name: 'Render progress' }).getAttribute('aria-valuenow'),
  );
}

/** Every tab asks every other something, and is answered: none is deaf, and each knows the others by their present lives. */
export async function expectToHearEachOther(pages: readonly Page[]): Promise<void> {
  const ids = await Promise.all(pages.map(nodeId));
  for (const page of pages) {
    await page.evaluate(() => {
      const called = window as Window & { rollCall?: (() => void) | undefined };
      called.rollCall ??= window.leafcutter?.node.serve('here', ({ body }) => body);
    });
  }
  for (const [i, page] of pages.entries()) {
    for (const id of ids.filter((_, j) => j !== i)) {
      await expect.poll(() => page.evaluate(ask, id)).toBe('answered');
    }
  }
}

/** In a page. */
async function ask(target: string): Promise<string> {
  const node = window.leafcutter?.node;
  const member = node?.members().find((one) => one.id === target);
  if (!node || !member) return 'it is no member';
  try {
    await node.request(member.id, 'here', new Uint8Array(3));
    return 'answered';
  } catch (error) {
    return String(error);
  }
}
