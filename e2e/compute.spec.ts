/** Any function on every device: written in the page, run in the sandboxes of all, its results and its mistakes shown. */
import type { Page } from '@playwright/test';
import { expect, residents, test } from './support/fixtures.ts';
import { lendWorkers } from './support/tabs.ts';

async function compute(page: Page, source: string): Promise<void> {
  await page.getByRole('button', { name: 'Compute' }).click();
  await page.getByRole('textbox', { name: 'Module source' }).fill(source);
  await page.getByRole('button', { name: 'Run' }).click();
}

const results = (page: Page) => page.getByRole('list', { name: 'Results' }).getByRole('listitem');

const tabs = residents(2);

test('a function runs over its inputs on another device as on this one', async () => {
  const [asks, helps] = tabs();
  if (!asks || !helps) throw new Error('two tabs were asked for');
  // Only the other one works: what comes has travelled.
  await lendWorkers(asks, 0);
  await lendWorkers(helps, 2);
  await compute(
    asks,
    `export const inputs = Array.from({ length: 40 }, (_, i) => i);
     export default (x, { random }) => [x * x, random() === Math.random()];`,
  );
  await expect(asks.getByRole('region', { name: 'Compute' }).getByRole('status')).toContainText(
    'Done 40 of 40',
  );
  await expect(results(asks)).toHaveCount(40);
  await expect(results(asks).nth(7)).toHaveText('7 [49,false]');
  await lendWorkers(asks, 1);
});

test('a mistake is shown with its line, and the rest is computed', async () => {
  const [page] = tabs();
  if (!page) throw new Error('two tabs were asked for');
  await compute(
    page,
    `export const inputs = [1, 2, 3];
export default (x) => {
  if (x === 2) return x.missing.field;
  return x;
};`,
  );
  const errors = page.getByRole('list', { name: 'Errors' });
  await expect(errors).toContainText(/Line 3, column \d+: TypeError/);
  await expect(results(page)).toHaveCount(2);
  // What is thrown is not looked at without care, and what is returned not without bound.
  await compute(
    page,
    `export const inputs = ['no text', 'getter', 'proxy', 'vast', 'endless', 'fine'];
     const thrown = {
       'no text': () => Object.create(null),
       getter: () => Object.defineProperty(new Error(), 'message', { get() { throw new Error('no'); } }),
       proxy: () => new Proxy({}, { get() { throw null; }, getPrototypeOf() { throw null; } }),
     };
     export default (x) => {
       if (thrown[x]) throw thrown[x]();
       if (x === 'vast') return Object.assign([], { length: 4294967295 });
       let list = [x];
       if (x === 'endless') for (let i = 0; i < 14; i++) list = Array.from({ length: 20 }, () => list);
       return list;
     };`,
  );
  await expect(errors).toContainText('it threw what has no text (3 inputs)');
  await expect(errors).toContainText(/the result cannot be sent: .*\(2 inputs\)/);
  await expect(results(page)).toHaveText(['5 ["fine"]']);
  await compute(page, 'export const inputs = [1];\nexport default (x) => {\n  const y = ;\n};');
  await expect(errors).toContainText('Line 3: SyntaxError');
  await compute(page, 'export default (x) => x;');
  await expect(errors).toContainText('export a list of inputs');
});

test('a function of others reaches neither network nor storage nor the page', async () => {
  const [page] = tabs();
  if (!page) throw new Error('two tabs were asked for');
  await compute(
    page,
    `export const inputs = ['fetch', 'import', 'socket', 'storage', 'worker', 'origin'];
     const ways = {
       fetch: () => Object.getPrototypeOf(Object.getPrototypeOf(self)).fetch.call(self, '${new URL('/healthz', page.url()).href}'),
       import: () => import('${new URL('/boot.js', page.url()).href}'),
       socket: () => new WebSocket('ws://127.0.0.1:1'),
       storage: () => indexedDB.open('x'),
       worker: () => new Worker('data:text/javascript,'),
       origin: () => { if (self.origin === 'null') throw new Error('none'); },
     };
     export default async (way) => { try { await ways[way](); return 'open'; } catch { return 'closed'; } };`,
  );
  await expect(results(page)).toHaveCount(6);
  for (const text of await results(page).allTextContents()) expect(text).toMatch(/"closed"/);
});

test('a computation that does not end is stopped', async () => {
  const [page] = tabs();
  if (!page) throw new Error('two tabs were asked for');
  await compute(page, 'export const inputs = [1, 2];\nexport default () => { for (;;); };');
  const status = page.getByRole('region', { name: 'Compute' }).getByRole('status');
  await expect(status).toContainText('Running');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(status).toContainText('Stopped');
  await compute(page, 'export const inputs = [1, 2];\nexport default (x) => x;');
  await expect(status).toContainText('Done 2 of 2');
});
