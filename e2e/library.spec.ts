/** The package as others get it: packed, unpacked into a project of its own, bundled by Vite or run by Node. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import type { JoinOptions, Mesh } from '../src/library/index.node.ts';
import { type ScratchProject, scratchProject } from './support/packed-library.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { silentExports } from './support/silent-exports.ts';
import { openTab } from './support/tabs.ts';

const NETWORK = '#amber-otter-river.AAECAwQFBgcICQoLDA0ODw';
/** Of the mesh alone, PeerJS included: 93.1 are reached. The goal is 60; this keeps it from growing meanwhile. */
const MAX_MESH_KIB = 94;

let project: ScratchProject;
let server: RunningServer;

test.beforeAll(async () => {
  project = await scratchProject();
  server = await startServer();
});
test.afterAll(async () => {
  await server.stop();
  await project.remove();
});

/** The first program in a text that imports the library. */
async function exampleIn(file: string | URL): Promise<string> {
  const code = [...(await readFile(file, 'utf8')).matchAll(/```js\n(.*?)```/gs)].map(([, text = '']) => text);
  const found = code.find((text) => text.includes("from 'leafcutter'"));
  if (!found) throw new Error(`${file} has no example of the library`);
  return found;
}

/** The installed package, in this process. */
async function joinAsInstalled(link: string, options: JoinOptions = {}): Promise<Mesh> {
  const entry = join(project.folder, 'node_modules/leafcutter/dist/library/library/index.node.js');
  const { joinNetwork } = (await import(entry)) as typeof import('../src/library/index.node.ts');
  return joinNetwork(link, options);
}

test('the example of the README runs in Node, twice, and the two talk', async () => {
  const code = await exampleIn(join(project.folder, 'node_modules/leafcutter/README.md'));
  expect(code.trim().split('\n').length).toBeLessThanOrEqual(20);
  await writeFile(join(project.folder, 'example.js'), code);
  const link = `${server.url}${NETWORK}`;
  const start = () => {
    const child = spawn(process.execPath, ['example.js', link], {
      cwd: project.folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    return { lines, ended: once(child, 'exit').then(([exitCode]) => exitCode) };
  };
  // Who serves nothing, as a page does not, stops nobody.
  const onlooker = await joinAsInstalled(link);
  const first = start();
  await expect.poll(() => first.lines.join('\n')).toContain(`${onlooker.id} does not say`);
  await onlooker.close();
  await expect.poll(() => first.lines.join('\n')).toContain(`${onlooker.id} left`);
  const second = start();
  await expect.poll(() => second.lines.join('\n')).toContain('says it is');
  await expect.poll(() => first.lines.join('\n')).toContain('hello, all');
  await using last = await joinAsInstalled(link);
  await expect.poll(() => last.members()).toHaveLength(3);
  await last.broadcast('chat', 'bye');
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
});

test('the example of docs/pubsub.md runs in Node to its end', async () => {
  await writeFile(
    join(project.folder, 'pubsub.js'),
    await exampleIn(new URL('../docs/pubsub.md', import.meta.url)),
  );
  const ran = promisify(execFile)(process.execPath, ['pubsub.js', `${server.url}${NETWORK}`], {
    cwd: project.folder,
  });
  const { stdout, stderr } = await ran;
  expect(stdout.replace(/^[0-9a-f-]{36}/m, 'ID')).toBe('taken by 1 on 1\nplease: done\nID anybody: done\n');
  expect(stderr).toBe('');
});

test('a program of the library and a page call each other by name, and the page makes nothing up about the program', async ({
  browser,
}) => {
  const page = await openTab(browser, `${server.url}${NETWORK}`);
  await page.getByRole('textbox', { name: 'Device name' }).fill('Kitchen');
  await page.getByRole('textbox', { name: 'Device name' }).press('Enter');
  await using mesh = await joinAsInstalled(`${server.url}${NETWORK}`, { info: { name: 'my bot' } });
  await expect.poll(() => mesh.members().map(({ attributes }) => attributes['name'])).toContain('Kitchen');
  const bot = page.locator(`[data-node="${mesh.id}"]`);
  await expect(bot).toContainText('my bot');
  await expect(bot).not.toContainText('core');
  await page.context().close();
});

test('TypeScript finds the types of every entry, as bundlers and as Node resolve them', async () => {
  await mkdir(join(project.folder, 'types'), { recursive: true });
  await writeFile(
    join(project.folder, 'types/use.ts'),
    `import { joinNetwork, type Mesh, type Message } from 'leafcutter';
     import { shareBlobs } from 'leafcutter/blobs';
     import { createFarm } from 'leafcutter/farm';
     import { createNode } from 'leafcutter/mesh';
     import { openPubSub } from 'leafcutter/pubsub';
     import { openRenderFarm } from 'leafcutter/render';
     import { openRooms, type Reducer } from 'leafcutter/rooms';
     const mesh: Mesh = await joinNetwork('', { info: { name: 'x' }, iceServers: [{ urls: 'stun:x' }] });
     mesh.on('left', ({ id, reason }) => id.slice(0, reason.length));
     for await (const message of mesh.messages('chat')) ((one: Message) => one.text())(message);
     // @ts-expect-error: a number is no message
     await mesh.broadcast('chat', 5);
     const { nodes } = await openPubSub(mesh).publish('jobs.new', 'a text', { ack: true });
     nodes.toFixed();
     type Task = { text: string; isDone: boolean };
     const reducer: Reducer<readonly Task[], Task> = { name: 'tasks/1', reduce: (tasks, task) => [...tasks, task] };
     const room = await openRooms(mesh, { isKept: true }).create({ reducer, initial: [] });
     room.subscribe((tasks) => tasks.length, (count) => count.toFixed());
     room.presence.set({ name: 'x' });
     room.latest('cursors').set('mouse', [1, 2]);
     // @ts-expect-error: a text is no task
     await room.update('milk');
     export { createFarm, createNode, openRenderFarm, shareBlobs };`,
  );
  for (const resolution of ['Bundler', 'NodeNext']) {
    const args = ['types/use.ts', '--noEmit', '--strict', '--skipLibCheck', '--target', 'ES2023'];
    const how = [
      '--module',
      resolution === 'Bundler' ? 'ESNext' : 'NodeNext',
      '--moduleResolution',
      resolution,
    ];
    const lib = ['--lib', 'ES2023,DOM,DOM.Iterable,ESNext.Disposable'];
    const compiler = join(project.folder, 'node_modules/@typescript/native/bin/tsc');
    const outcome = await promisify(execFile)(process.execPath, [compiler, ...args, ...how, ...lib], {
      cwd: project.folder,
    }).catch((error: { readonly stdout: string; readonly message: string }) => error);
    expect('message' in outcome ? outcome.stdout || outcome.message : '').toBe('');
  }
});

test('every export of every entry says what it is', async () => {
  const installed = join(project.folder, 'node_modules/leafcutter');
  const { exports } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly types?: string }>>;
  };
  const entries = Object.values(exports).flatMap(({ types }) => (types ? [join(installed, types)] : []));
  expect(entries.length).toBeGreaterThan(6);
  expect(silentExports(entries)).toEqual([]);
});

test(`a page that takes the mesh alone carries at most ${MAX_MESH_KIB} KiB of compressed script`, async () => {
  const page = '<!doctype html><script type="module" src="mesh.js"></script>';
  await mkdir(join(project.folder, 'mesh-only'), { recursive: true });
  await writeFile(join(project.folder, 'mesh-only/index.html'), page);
  await writeFile(
    join(project.folder, 'mesh-only/mesh.js'),
    "import { joinNetwork } from 'leafcutter';\nglobalThis.mesh = await joinNetwork(location.hash);\n",
  );
  const bundle = await project.bundle(['mesh-only/index.html']);
  const assets = (await readdir(join(bundle, 'assets'))).filter((name) => name.endsWith('.js'));
  let bytes = 0;
  for (const name of assets)
    bytes += gzipSync(await readFile(join(bundle, 'assets', name)), { level: 9 }).length;
  const description = `${(bytes / 1024).toFixed(1)} KiB in ${assets.length} files`;
  test.info().annotations.push({ type: 'mesh alone', description });
  expect(bytes / 1024).toBeLessThanOrEqual(MAX_MESH_KIB);
});
