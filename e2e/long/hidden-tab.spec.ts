/**
 * A tab that nobody looks at for ten minutes goes on living. Hidden is real here: a headed Chromium, another tab in front.
 * After five minutes Chromium wakes the timers of a hidden page once a minute. Run by `npm run e2e:long`, not by `npm test`.
 */
import { expect, type Page } from '@playwright/test';
import { test } from '../support/fixtures.ts';
import { HeadedBrowser } from '../support/headed-browser.ts';
import { inviteLink, nodeId, people } from '../support/tabs.ts';

const MINUTES = 10;
const MINUTE_MS = 60_000;

type Noting = Window & { troubles?: string[] };

/** In a page: from now on notes what it is told that would be wrong of tabs that live, and answers questions. */
function watchAndAnswer(): void {
  const troubles: string[] = [];
  (window as Noting).troubles = troubles;
  const node = window.leafcutter?.node;
  node?.events.on('left', ({ id, reason }) => troubles.push(`left: ${id} ${reason}`));
  node?.events.on('away', ({ forMs }) => troubles.push(`away for ${forMs} ms`));
  node?.events.on('replaced', ({ message }) => troubles.push(message));
  node?.serve('are you there', ({ body }) => body);
}

const troublesOf = (): string[] => (window as Noting).troubles ?? ['nothing was watched'];

/** In a page: round trip of a question to another tab's application, ms. */
async function ask(target: string): Promise<number> {
  const node = window.leafcutter?.node;
  const member = node?.members().find((one) => one.id === target);
  if (!node || !member) throw new Error('that tab is not here');
  const start = performance.now();
  await node.request(member.id, 'are you there', new Uint8Array(8));
  return performance.now() - start;
}

const isSeen = (): boolean => document.visibilityState === 'visible';
const membersOf = (): number => window.leafcutter?.node.members().length ?? 0;
const rendezvousOf = (): string => window.leafcutter?.node.rendezvous ?? 'none';

let browser: HeadedBrowser;
test.beforeAll(async () => {
  browser = await HeadedBrowser.launch();
});
test.afterAll(() => browser.close());

test(`a tab that is hidden for ${MINUTES} minutes is never missed, answers, and is as it was when it is seen again`, async ({
  tab,
}) => {
  const watcher: Page = await tab();
  const hidden = await browser.open(await inviteLink(watcher));
  await expect(people(watcher)).toHaveCount(2);
  await expect.poll(() => hidden.evaluate(membersOf)).toBe(2);
  const watcherId = await nodeId(watcher);
  const hiddenId = await people(watcher).last().getAttribute('data-node');
  if (!hiddenId) throw new Error('the watcher does not list the other tab');
  await watcher.evaluate(watchAndAnswer);
  await hidden.evaluate(watchAndAnswer);

  const front = await browser.open('about:blank');
  await front.bringToFront();
  await expect.poll(() => hidden.evaluate(isSeen)).toBe(false);
  // A question a minute; in between the hidden page is left alone.
  const roundTrips: number[] = [];
  for (let minute = 0; minute < MINUTES; minute++) {
    await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
    roundTrips.push(await watcher.evaluate(ask, hiddenId));
  }
  process.stdout.write(`the hidden tab answered in ${roundTrips.map((ms) => ms.toFixed(0)).join(', ')} ms\n`);
  expect(await hidden.evaluate(isSeen)).toBe(false);
  expect(await hidden.evaluate(ask, watcherId)).toBeGreaterThan(0);
  expect(await watcher.evaluate(troublesOf)).toEqual([]);
  expect(await hidden.evaluate(troublesOf)).toEqual([]);

  await hidden.bringToFront();
  await expect.poll(() => hidden.evaluate(isSeen)).toBe(true);
  expect(await hidden.evaluate(membersOf)).toBe(2);
  expect(await hidden.evaluate(rendezvousOf)).toBe('online');
  // The meeting point has not forgotten it either: who comes now finds both.
  const late = await tab(await inviteLink(watcher));
  await expect(people(late)).toHaveCount(3);
  await expect.poll(() => hidden.evaluate(membersOf)).toBe(3);
});
