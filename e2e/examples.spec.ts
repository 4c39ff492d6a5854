/** The examples and the documentation's first page, each as a page of somebody else's that has the package installed, bundled by Vite. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { type ScratchProject, scratchProject } from './support/packed-library.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { crash } from './support/tabs.ts';

const EXAMPLES = [
  'chat',
  'cursors',
  'editor',
  'file-drop',
  'noughts-and-crosses',
  'render',
  'sensor-wall',
  'todo',
];
const NETWORK = '#amber-otter-river.AAECAwQFBgcICQoLDA0ODw';

let project: ScratchProject;
let server: RunningServer;
let site: { readonly url: string; close(): Promise<void> };

test.beforeAll(async () => {
  project = await scratchProject();
  const pages = [...EXAMPLES.map((name) => `examples/${name}/index.html`), 'compute.html'];
  await writeFile(join(project.folder, 'compute.html'), await computeExample());
  site = await project.serve(await project.bundle(pages));
  server = await startServer(0, ['--origin', new URL(site.url).origin]);
});
test.afterAll(async () => {
  await site.close();
  await server.stop();
  await project.remove();
});

async function open(browser: Browser, example: string, others: number): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${site.url}examples/${example}/index.html?server=${server.url}${NETWORK}`);
  const greetings: Readonly<Record<string, string>> = {
    'file-drop': `${others} others`,
    render: 'Choose a scene file',
  };
  await expect(page.getByRole('status')).toContainText(greetings[example] ?? `${others + 1} here`);
  return page;
}

/** On a telephone nothing of it is cut off sideways, the link that it invites with included. */
async function expectToFitPhone(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 720 };
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(page.locator('#invite')).toContainText('#amber-otter-river');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.setViewportSize({ width, height });
}

async function closeAll(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()));
}

/** The first program of docs/compute.md, as a page that has its invite in the fragment. */
async function computeExample(): Promise<string> {
  const [, code = ''] = /```js\n(.*?)```/s.exec(await readFile('docs/compute.md', 'utf8')) ?? [];
  return `<!doctype html><script type="module">const invite = location.hash.slice(1);\n${code}</script>`;
}

test('the chat carries lines between two pages', async ({ browser }) => {
  const a = await open(browser, 'chat', 0);
  await expectToFitPhone(a);
  const b = await open(browser, 'chat', 1);
  await a.getByRole('textbox', { name: 'Message' }).fill('hello there');
  await a.getByRole('button', { name: 'Send' }).click();
  await expect(b.getByRole('list', { name: 'Messages' })).toContainText('hello there');
  // More than a broadcast may carry.
  await a.getByRole('textbox', { name: 'Message' }).fill('x'.repeat(1_100_000));
  await a.getByRole('button', { name: 'Send' }).click();
  await expect(a.getByRole('list', { name: 'Messages' })).toContainText('not sent');
  // Who comes later is told by one of the others what was said.
  const late = await open(browser, 'chat', 2);
  await expect(late.getByRole('list', { name: 'Messages' })).toHaveText(/^guest \d+: hello there$/);
  await late.close();
  await b.close();
  await expect(a.getByRole('status')).toContainText('1 here');
  await closeAll(browser);
});

test('the board shows where the other one points, until it leaves', async ({ browser }) => {
  const a = await open(browser, 'cursors', 0);
  await expectToFitPhone(a);
  const b = await open(browser, 'cursors', 1);
  const box = await a.locator('#board').boundingBox();
  if (!box) throw new Error('there is no board');
  await a.mouse.move(box.x + 10, box.y + 10);
  await a.mouse.move(box.x + box.width / 4, box.y + box.height / 2, { steps: 5 });
  const cursor = b.locator('.cursor');
  await expect
    .poll(() => cursor.evaluateAll(([element]) => (element as HTMLElement | undefined)?.style.left))
    .toMatch(/^2[45]/);
  await a.close();
  await expect(cursor).toHaveCount(0);
  await closeAll(browser);
});

test('a file goes to one device, whole', async ({ browser }) => {
  const sender = await open(browser, 'file-drop', 0);
  await expectToFitPhone(sender);
  const receiver = await open(browser, 'file-drop', 1);
  // Three pieces, the last one short.
  const bytes = Buffer.alloc(9 * 1024 * 1024, 'leafcutter ');
  const file = { name: 'leaves.bin', mimeType: 'application/octet-stream', buffer: bytes };
  const files = receiver.getByRole('list', { name: 'Files' });
  await sender.getByLabel('File', { exact: true }).setInputFiles(file);
  const downloading = receiver.waitForEvent('download');
  await files.getByRole('link', { name: 'leaves.bin' }).click();
  expect((await readFile(await (await downloading).path())).equals(bytes)).toBe(true);
  await closeAll(browser);
});

test('a file goes to the device that was chosen, whoever comes meanwhile, and says so when there is none', async ({
  browser,
}) => {
  const sender = await open(browser, 'file-drop', 0);
  const picker = sender.getByLabel('File', { exact: true });
  const file = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('for your eyes only') };
  const said = sender.getByRole('list', { name: 'Files' });
  await picker.setInputFiles(file);
  await expect(said).toContainText('choose a device first');

  const pages = [await open(browser, 'file-drop', 1), await open(browser, 'file-drop', 2)];
  const target = sender.getByLabel('To');
  await expect(target.getByRole('option')).toHaveCount(2);
  const ids = await target
    .getByRole('option')
    .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  // The last of the list, which is not the one that a fresh list would show.
  const chosen = ids.at(-1) ?? '';
  await target.selectOption(chosen);
  pages.push(await open(browser, 'file-drop', 3));
  await expect(target.getByRole('option')).toHaveCount(3);
  await expect(target).toHaveValue(chosen);
  await picker.setInputFiles(file);
  await expect(said).toContainText(`note.txt: offered to ${chosen.slice(0, 8)}`);
  for (const page of pages) {
    const isChosen = (await page.getByRole('status').textContent())?.includes(chosen.slice(0, 8));
    const arrived = page.getByRole('list', { name: 'Files' }).getByRole('link', { name: 'note.txt' });
    await expect(arrived).toHaveCount(isChosen ? 1 : 0);
  }
  await closeAll(browser);
});

for (const [what, details, name, meanwhile] of [
  [
    'what has come is kept, the rest comes from whoever has it',
    { tag: '@long' },
    'whole',
    async () => undefined,
  ],
  [
    'what has come is on the disk after a reload, too',
    {},
    'reloaded',
    async (receiver: Page) => {
      await receiver.reload();
      await expect(receiver.getByRole('status')).toContainText('0 others');
    },
  ],
] as const) {
  test(`a file whose sender dies on the way is resumed: ${what}`, details, async ({ browser }) => {
    const piece = 4 * 1024 * 1024;
    const bytes = randomBytes(8 * piece);
    const whole = join(project.folder, `${name}.bin`);
    const rest = join(project.folder, `rest-of-${name}.bin`);
    await writeFile(whole, bytes);
    await writeFile(rest, bytes.subarray(piece));
    const sender = await open(browser, 'file-drop', 0);
    const receiver = await open(browser, 'file-drop', 1);
    const files = receiver.getByRole('list', { name: 'Files' });
    await sender.getByLabel('File', { exact: true }).setInputFiles(whole);
    const received = () => files.locator('progress').evaluate((bar: HTMLProgressElement) => bar.value);
    await expect.poll(received, { intervals: [20] }).toBeGreaterThan(piece);
    await crash(sender);
    const resume = files.getByRole('button', { name: 'Resume' });
    await expect(resume).toBeVisible();
    await meanwhile(receiver);
    await expect(resume).toBeVisible();
    // Nobody has the first piece any more, but who received it.
    const other = await open(browser, 'file-drop', 1);
    await other.getByLabel('File', { exact: true }).setInputFiles(rest);
    await expect(files.getByRole('link', { name: `rest-of-${name}.bin` })).toBeVisible();
    await resume.click();
    const downloading = receiver.waitForEvent('download');
    await files.getByRole('link', { name: `${name}.bin`, exact: true }).click();
    expect((await readFile(await (await downloading).path())).equals(bytes)).toBe(true);
    await closeAll(browser);
  });
}

/** Opens what that page invites to. */
async function joinByInvite(browser: Browser, inviting: Page): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto((await inviting.locator('#invite').textContent()) ?? '');
  return page;
}

test('noughts and crosses: two play by the rules, a third watches, and sees the whole game after a reload', async ({
  browser,
}) => {
  const a = await open(browser, 'noughts-and-crosses', 0);
  await expectToFitPhone(a);
  const square = (page: Page, number: number) =>
    page.getByRole('button', { name: new RegExp(`^Square ${number}:`) });
  const status = (page: Page) => page.getByRole('status');
  await square(a, 5).click();
  const b = await joinByInvite(browser, a);
  await expect(square(b, 5)).toHaveText('X');
  await square(a, 1).click();
  await expect(status(a)).toContainText('it is not your turn');
  await square(b, 5).click();
  await expect(status(b)).toContainText('that square is taken');
  await square(b, 1).click();
  await expect(square(a, 1)).toHaveText('O');
  const c = await joinByInvite(browser, a);
  await square(c, 9).click();
  await expect(status(c)).toContainText('two others play');
  await c.reload();
  await expect(square(c, 5)).toHaveText('X');
  for (const [page, number] of [
    [a, 4],
    [b, 2],
    [a, 6],
  ] as const) {
    await square(page, number).click();
    await expect(square(c, number)).not.toHaveText('');
  }
  for (const page of [a, b, c]) await expect(status(page)).toHaveText('X has won');
  await b.getByRole('button', { name: 'Play again' }).click();
  await expect(square(a, 5)).toHaveText('');
  await closeAll(browser);
});

test('a to-do list in 30 lines is one list on two pages, survives whoever began it, and a reload of the last page', async ({
  browser,
}) => {
  const source = await readFile('examples/todo/index.html', 'utf8');
  const [, program = ''] = /<script type="module">(.*?)<\/script>/s.exec(source) ?? [];
  const code = program.split('\n').filter((line) => line.trim() !== '' && !/^\s*(?:\/\/|import )/.test(line));
  expect(code.length).toBeLessThanOrEqual(30);
  const a = await open(browser, 'todo', 0);
  await expectToFitPhone(a);
  const add = async (page: Page, text: string) => {
    await page.getByRole('textbox', { name: 'Task' }).fill(text);
    await page.getByRole('button', { name: 'Add' }).click();
  };
  const tasks = (page: Page) => page.getByRole('list', { name: 'Tasks' }).getByRole('listitem');
  await add(a, 'milk');
  await expect(tasks(a)).toHaveText(['milk']);
  const b = await joinByInvite(browser, a);
  await expect(tasks(b)).toHaveText(['milk']);
  await add(b, 'bread');
  await expect(tasks(a)).toHaveText(['milk', 'bread']);
  await crash(a);
  await expect(b.getByRole('status')).toContainText('1 here');
  const c = await joinByInvite(browser, b);
  await expect(tasks(c)).toHaveText(['milk', 'bread']);
  await c.getByRole('checkbox', { name: 'milk' }).click();
  await expect(tasks(b)).toHaveText(['bread']);
  await b.close();
  await expect(c.getByRole('status')).toContainText('1 here');
  await add(c, 'tea');
  await expect(tasks(c)).toHaveText(['bread', 'tea']);
  await c.reload();
  await expect(tasks(c)).toHaveText(['bread', 'tea']);
  await closeAll(browser);
});

test('an editor of a Yjs text merges what two write, shows who is where, lets a reader only read, and keeps the text', async ({
  browser,
}) => {
  const a = await open(browser, 'editor', 0);
  await expectToFitPhone(a);
  const text = (page: Page) => page.getByRole('textbox', { name: 'Text' });
  await a.getByRole('textbox', { name: 'Your name' }).fill('Ada');
  await text(a).pressSequentially('one\ntwo');
  const b = await joinByInvite(browser, a);
  await expect(text(b)).toHaveValue('one\ntwo');
  await b.getByRole('textbox', { name: 'Your name' }).fill('Bob');
  await text(b).focus();
  await b.keyboard.press('Control+Home');
  // Both at once, one in front of the other's caret.
  await Promise.all([b.keyboard.type('zero\n'), text(a).pressSequentially(' and a half')]);
  for (const page of [a, b]) await expect(text(page)).toHaveValue('zero\none\ntwo and a half');
  await expect(a.getByRole('list', { name: 'Also here' })).toHaveText('Bob, line 2');
  await expect(b.getByRole('list', { name: 'Also here' })).toHaveText('Ada, line 3');
  await expect(a.locator('#carets span')).toHaveAttribute('data-name', 'Bob');

  const reader = await (await browser.newContext()).newPage();
  await reader.goto((await a.locator('#reading').textContent()) ?? '');
  await expect(text(reader)).toHaveValue('zero\none\ntwo and a half');
  await expect(reader.getByRole('status')).toContainText('you read, and do not write');
  await expect(text(reader)).not.toBeEditable();

  await reader.close();
  await crash(a);
  await expect(b.getByRole('status')).toContainText('1 here');
  await expect(b.getByRole('list', { name: 'Also here' })).toBeEmpty();
  await text(b).pressSequentially('!');
  await b.reload();
  await expect(text(b)).toHaveValue('zero\n!one\ntwo and a half');
  await closeAll(browser);
});

test('the first program of docs/compute.md computes', async ({ browser }) => {
  const page = await (await browser.newContext()).newPage();
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(`${site.url}compute.html#${server.url}${NETWORK}`);
  await expect.poll(() => lines).toEqual(expect.arrayContaining(['0 1', '1 4', '2 9']));
  await closeAll(browser);
});

test('a scene that is chosen on one page is rendered by two, and both show the picture', async ({
  browser,
}) => {
  const asking = await open(browser, 'render', 0);
  await expectToFitPhone(asking);
  const helping = await open(browser, 'render', 1);
  await asking.getByLabel('Scene:').setInputFiles('public/generated/samples/cornell.glb');
  const said: (string | null)[] = [];
  for (const page of [asking, helping]) {
    const status = page.getByRole('status');
    await expect(status).toContainText('cornell.glb is done', { timeout: 120_000 });
    said.push(await status.textContent());
    const lit = await page.locator('canvas').evaluate((canvas) => {
      const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, 320, 240).data ?? [];
      return pixels.filter((value, at) => at % 4 === 0 && value > 100).length;
    });
    expect(lit).toBeGreaterThan(1000);
  }
  expect(said[0]).toBe(said[1]);
  await closeAll(browser);
});

test('a thousand sensors are one wall on another page, by the official NATS client in the tab', async ({
  browser,
}) => {
  const wall = await open(browser, 'sensor-wall', 0);
  await expectToFitPhone(wall);
  const sensors = await open(browser, 'sensor-wall', 1);
  await sensors.getByRole('button', { name: 'Be 1,000 sensors' }).click();
  for (const page of [wall, sensors]) {
    await expect(page.locator('#seen')).toHaveText('1,000 sensors');
    await expect(page.locator('#mean')).toHaveText(/^-?\d+\.\d °C$/);
    expect(await page.locator('#wall span').count()).toBe(1000);
  }
  await closeAll(browser);
});
