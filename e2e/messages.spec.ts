/** The Messages panel, with two real tabs: a stream, sending and asking, and who listens. */
import type { Locator, Page } from '@playwright/test';
import { expect, residents, test } from './support/fixtures.ts';
import { nodeId } from './support/tabs.ts';

const panel = (page: Page): Locator => page.getByRole('region', { name: 'Messages', exact: true });
const rows = (page: Page): Locator =>
  panel(page).getByRole('listbox', { name: 'Stream' }).getByRole('option');
const outcome = (page: Page): Locator =>
  panel(page).getByRole('form', { name: 'Send or ask' }).getByRole('status');

async function openMessages(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Debug panel', exact: true }).click();
  await page.getByRole('button', { name: 'Messages', exact: true }).click();
  await expect(panel(page).getByRole('button', { name: 'Subscribe', exact: true })).toBeVisible();
}

const tabs = residents(2);
/** With the panel ends what was subscribed to in it, and with it goes what came. */
test.afterEach(async () => {
  for (const page of tabs()) {
    const close = page.getByRole('button', { name: 'Close debug panel' });
    if (await close.isVisible()) await close.click();
    await expect(panel(page)).toHaveCount(0);
  }
});

async function subscribe(page: Page, pattern: string): Promise<void> {
  await panel(page).getByRole('textbox', { name: 'Subject to subscribe to' }).fill(pattern);
  await page.keyboard.press('Enter');
  await expect(panel(page).getByTestId('subscription')).toHaveText('Subscribed');
}

async function typeMessage(page: Page, subject: string, payload: string): Promise<void> {
  await panel(page).getByRole('textbox', { name: 'Subject to send to' }).fill(subject);
  await panel(page).getByRole('textbox', { name: 'Payload' }).fill(payload);
}

/** At the console of that tab. */
async function publish(page: Page, subject: string, payload: string): Promise<void> {
  await page.evaluate(
    async ([to, text]) => {
      await (await window.leafcutter?.pubsub)?.publish(to ?? '', text);
    },
    [subject, payload],
  );
}

/** Serves a subject from that tab's console. @returns what ends it */
async function serve(page: Page, subject: string, answer: string): Promise<() => Promise<void>> {
  const serving = await page.evaluateHandle(
    async ([pattern, text]) => {
      const nc = await window.leafcutter?.pubsub;
      const served = nc?.subscribe(pattern ?? '');
      void (async () => {
        for await (const m of served ?? []) m.respond(text);
      })();
      await served?.ready;
      return { end: () => served?.unsubscribe() };
    },
    [subject, answer],
  );
  return () => serving.evaluate(({ end }) => end());
}

test('a tab sees what the other sends, filters it, holds it while it is paused, and shows it in full', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  await openMessages(a);
  await openMessages(b);
  await expect(panel(a)).toContainText('Subscribe to a subject to see what is published on it');
  await subscribe(a, 'jobs.*');
  await expect(panel(a)).toContainText('nothing has come yet');

  await typeMessage(b, 'jobs.new', '{"title": "a still", "size": [640, 360]}');
  await panel(b).getByRole('button', { name: 'Send', exact: true }).click();
  await expect(outcome(b)).toHaveText('Taken by 1 subscription on 1 device.');
  await expect(rows(a)).toHaveCount(1);
  await expect(rows(a)).toContainText('{"title": "a still", "size": [640, 360]}');
  await expect(rows(a)).toContainText((await nodeId(b)).slice(0, 4));
  // What the page says aloud is one sentence, not the stream.
  await expect(panel(a).getByRole('status', { name: 'Digest of the stream' })).toHaveText(
    '1 new message on jobs.new, from 1 device.',
  );

  await rows(a).click();
  const message = panel(a).getByRole('region', { name: 'Message', exact: true });
  await expect(message.locator('pre')).toHaveText(
    '{\n  "title": "a still",\n  "size": [\n    640,\n    360\n  ]\n}',
  );
  await message.getByRole('combobox').selectOption('hex');
  await expect(message.locator('pre')).toContainText('7b 22 74 69');
  await message.getByRole('button', { name: 'Close message' }).click();
  await panel(a).getByRole('combobox', { name: 'Show payloads as' }).selectOption('text');

  await publish(b, 'jobs.done', 'the second');
  await publish(b, 'elsewhere', 'not for us');
  await expect(rows(a)).toHaveCount(2);
  const filter = panel(a).getByRole('searchbox', { name: 'Filter messages' });
  await filter.fill('SECOND jobs');
  await expect(rows(a)).toHaveCount(1);
  await expect(panel(a).getByTestId('stream-count')).toHaveText('1 of 2 messages');
  await filter.fill('');

  await panel(a).getByRole('button', { name: 'Pause messages' }).click();
  await publish(b, 'jobs.done', 'the third');
  await expect(panel(a)).toContainText('paused, 1 new');
  await expect(rows(a)).toHaveCount(2);
  await panel(a).getByRole('button', { name: 'Pause messages' }).click();
  await expect(rows(a)).toHaveCount(3);

  // By the keyboard: the newest, then the one before it, opened.
  await panel(a).getByRole('listbox', { name: 'Stream' }).focus();
  await a.keyboard.press('ArrowDown');
  await a.keyboard.press('ArrowUp');
  await expect(rows(a).nth(1)).toHaveAttribute('aria-selected', 'true');
  await a.keyboard.press('Enter');
  await expect(message.locator('pre')).toHaveText('the second');

  await panel(a).getByRole('button', { name: 'Clear messages' }).click();
  await expect(rows(a)).toHaveCount(0);
  await panel(a).getByRole('textbox', { name: 'Subject to subscribe to' }).fill('two words');
  await a.keyboard.press('Enter');
  await expect(panel(a).getByRole('alert')).toContainText('it has a blank');
  await panel(a).getByRole('button', { name: 'Renders: subscribe to leafcutter.>' }).click();
  await expect(panel(a)).toContainText('Listening to leafcutter.>');
});

test('a question is answered, and one that nobody serves is so at once, also for who watches everything', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  const endTime = await serve(b, 'time', '{"now": 12}');
  await openMessages(a);
  await subscribe(a, '>');
  await typeMessage(a, 'time', '');
  await panel(a).getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(outcome(a)).toHaveText(/^Answered after/);
  const answers = panel(a).getByRole('list', { name: 'Answers' }).getByRole('listitem');
  await expect(answers).toHaveCount(1);
  await expect(answers).toContainText('{"now": 12}');

  await typeMessage(a, 'nobody.here', '');
  await panel(a).getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(outcome(a)).toHaveText('Nobody serves nobody.here.');
  await expect(answers).toHaveCount(0);

  await panel(a).getByRole('combobox', { name: 'Payload is' }).selectOption('json');
  await panel(a).getByRole('textbox', { name: 'Payload' }).fill("{'a': 1}");
  await panel(a).getByRole('button', { name: 'Send', exact: true }).click();
  await expect(outcome(a)).toContainText('This is no JSON');
  await endTime();
});

test('who listens is listed, and the chosen subject is lit on the graph while messages run along it', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  const [idA, idB] = [await nodeId(a), await nodeId(b)];
  await openMessages(a);
  const listens = panel(a).getByRole('region', { name: 'Who listens' });
  await expect(listens).toContainText('Nobody listens to anything yet');
  const ends = [await serve(b, 'time', 'noon'), await serve(b, 'other', '')];
  const time = listens.getByRole('button', { name: /^time/ });
  await expect(time).toContainText(idB.slice(0, 4));
  await listens.getByRole('searchbox', { name: 'Find a subject' }).fill('TIM');
  await expect(listens.getByRole('listitem')).toHaveCount(1);

  await time.click();
  await expect(time).toHaveAttribute('aria-pressed', 'true');
  const graph = a.getByRole('region', { name: 'Topology' });
  await expect(graph.locator(`[data-node="${idB}"]`)).toHaveAttribute('data-lit', 'true');
  await expect(graph.locator(`[data-node="${idA}"]`)).toHaveAttribute('data-lit', 'false');
  await expect(graph.locator('.edge')).toHaveAttribute('data-light', 'lit');

  await listens.getByRole('button', { name: 'Send to it' }).click();
  await panel(a).getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(outcome(a)).toHaveText(/^Answered after/);
  await listens.getByRole('button', { name: 'Subscribe to it' }).click();
  await expect(graph.locator(`[data-node="${idA}"]`)).toHaveAttribute('data-lit', 'true');
  const ticking = await b.evaluate(async () => {
    const nc = await window.leafcutter?.pubsub;
    return window.setInterval(() => void nc?.publish('time', 'tick'), 100);
  });
  await expect(graph.locator('.edge')).toHaveAttribute('data-light', 'running');
  await expect(graph).toContainText('Messages run along it');
  await b.evaluate((timer) => window.clearInterval(timer), ticking);
  await expect(graph.locator('.edge')).toHaveAttribute('data-light', 'lit');
  await time.click();
  await expect(graph.locator('.edge[data-light]')).toHaveCount(0);

  // A Node that says where clients come in is a door.
  const attributes = await b.evaluateHandle(() => {
    const node = window.leafcutter?.node;
    const before = node?.members().find(({ isSelf }) => isSelf)?.attributes;
    node?.setAttributes({ ...before, nats: '' });
    return before ?? {};
  });
  await expect(time).toContainText('door');
  await b.evaluate((before) => window.leafcutter?.node.setAttributes(before), attributes);
  for (const end of ends) await end();
});

test('a flood leaves the page bounded and at hand', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  await openMessages(a);
  await subscribe(a, 'flood.>');
  await b.evaluate(async () => {
    const nc = await window.leafcutter?.pubsub;
    for (let i = 0; nc && i < 20_000; i++) {
      const room = nc.publish(`flood.${i % 7}`, `{"count": ${i}}`);
      if (i % 100 === 99) await room;
    }
  });
  await expect(rows(a).last()).toContainText('{"count": 19999}');
  await expect(panel(a).getByTestId('stream-count')).toHaveText('10,000 of 10,000 messages');
  await expect.poll(() => rows(a).count()).toBeLessThan(80);
  await panel(a).getByRole('searchbox', { name: 'Filter messages' }).fill('"count": 19998}');
  await expect(rows(a)).toHaveCount(1);
});

test('the stream follows its end also where rows come before the browser has told that it has scrolled', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  await openMessages(a);
  await subscribe(a, 'rows.*');
  const publishMany = (subject: string): Promise<void> =>
    b.evaluate(async (to) => {
      const nc = await window.leafcutter?.pubsub;
      for (let i = 0; i < 50; i++) await nc?.publish(to, `${to} ${i}`);
    }, subject);
  await publishMany('rows.first');
  await expect(rows(a).last()).toContainText('rows.first 49');
  await panel(a)
    .getByRole('region', { name: 'Stream, scrolling' })
    .evaluate((box) => {
      const [list] = box.children;
      if (list instanceof HTMLElement) list.style.height = `${2 * box.scrollHeight}px`;
      box.dispatchEvent(new Event('scroll'));
    });
  await publishMany('rows.second');
  await expect(rows(a).last()).toContainText('rows.second 49');
  // Who scrolls up reads on there.
  await panel(a)
    .getByRole('region', { name: 'Stream, scrolling' })
    .evaluate((box) => box.scrollTo({ top: 0, behavior: 'instant' }));
  await publishMany('rows.third');
  await expect(panel(a).getByTestId('stream-count')).toHaveText('150 of 150 messages');
  await expect(rows(a).first()).toContainText('rows.first 0');
});

test('headers without end and queue groups by the dozen leave the page bounded, what is copied is what came, and nothing turns the text', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  await openMessages(a);
  await subscribe(a, 'x.>');
  await b.evaluate(async () => {
    const nc = await window.leafcutter?.pubsub;
    const headers: Record<string, string> = {};
    for (let i = 0; i < 5_000; i++) headers[`h${i}`] = `${i}`;
    for (let i = 0; i < 40; i++) nc?.subscribe('work', { queue: `queue-${i}` });
    await nc?.publish('x.y', '{"n": 12345678901234567890}', { headers, reply: '\u202eanswers', ack: true });
  });
  await rows(a).click();
  const message = panel(a).getByRole('region', { name: 'Message', exact: true });
  await expect(message).toContainText('4,936 more are not shown');
  expect(await message.locator('dl.facts dt').count()).toBeLessThan(80);
  await message.getByRole('button', { name: 'Copy all' }).click();
  await expect(message.getByRole('button', { name: 'Copied' })).toBeVisible();
  await message.getByTitle('Send to it').click();
  await panel(a).getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(outcome(a)).toHaveText('Nobody serves \ufffdanswers.');
  await message.getByRole('button', { name: 'Close message' }).click();
  await expect(panel(a).getByRole('button', { name: /^work/ })).toContainText('+37');
});

test('a long subject keeps its end in the stream, and the way out of a message beside it', async () => {
  const [a] = tabs();
  if (!a) throw new Error('two tabs were asked for');
  await openMessages(a);
  await subscribe(a, 'jobs.>');
  await publish(a, 'jobs.of.the.workshop.beside.the.river.that.has.no.bridge.done', '');
  const end = rows(a).locator('.message-subject > :last-child');
  await expect(end).toHaveText('.done');
  expect(await end.evaluate((shown) => shown.scrollWidth - shown.clientWidth)).toBe(0);
  await rows(a).click();
  const message = panel(a).getByRole('region', { name: 'Message', exact: true });
  const title = await message.getByTitle('jobs.of').boundingBox();
  const close = await message.getByRole('button', { name: 'Close message' }).boundingBox();
  if (!title || !close) throw new Error('both are to be seen');
  expect(close.y).toBeLessThan(title.y + title.height);
});

test('on 360 px nothing in the panel is cut off or scrolls sideways, and a message takes the place of the list', async () => {
  const [a, b] = tabs();
  if (!a || !b) throw new Error('two tabs were asked for');
  await a.setViewportSize({ width: 360, height: 740 });
  await openMessages(a);
  /** Elements wider inside than outside, but those that shorten their text on purpose. */
  const tooWide = () =>
    a.evaluate(() =>
      [...document.querySelectorAll('.debug-dock, .debug-dock *')]
        .filter(
          (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible',
        )
        .filter((one) => one.clientWidth > 1 && getComputedStyle(one).textOverflow !== 'ellipsis')
        .map((one) => `${one.tagName}.${one.className}: ${one.scrollWidth} in ${one.clientWidth}`),
    );
  await expect.poll(tooWide).toEqual([]);
  await subscribe(a, 'jobs.>');
  await expect.poll(tooWide).toEqual([]);
  await publish(b, `jobs.${'long'.repeat(20)}`, `{"text": "${'very long '.repeat(50)}"}`);
  await expect(rows(a)).toHaveCount(1);
  await expect.poll(async () => (await rows(a).boundingBox())?.height).toBe(44);
  await expect.poll(tooWide).toEqual([]);
  await rows(a).click();
  await expect(panel(a).getByRole('region', { name: 'Message', exact: true })).toBeVisible();
  await expect(rows(a)).toBeHidden();
  await expect.poll(tooWide).toEqual([]);
  await panel(a).getByRole('button', { name: 'Close message' }).click();
  await expect(panel(a).getByRole('listbox', { name: 'Stream' })).toBeFocused();
  await panel(a).getByRole('button', { name: 'Who listens' }).click();
  await panel(a)
    .getByRole('button', { name: /^jobs\.>/ })
    .click();
  await expect.poll(tooWide).toEqual([]);
  await panel(a).getByRole('button', { name: 'See the graph' }).click();
  await expect(a.getByRole('region', { name: 'Topology' })).toContainText('Lit: who listens to jobs.>');
});
