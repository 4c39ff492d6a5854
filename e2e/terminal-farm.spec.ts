/** The terminal in one farm with real tabs: a worker without a window, a render that is left to others, and what is said when it cannot be. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import type { NodeProcess } from './support/node-process.ts';
import { hashAlone } from './support/picture-alone.ts';
import { SLOW_TERMINAL, slowWorkers } from './support/render-workers.ts';
import { type RunningServer, runCommand, startCommand } from './support/server.ts';
import {
  inviteLink,
  lendWorkers,
  partings,
  people,
  pictureHash,
  type SampleSettings,
} from './support/tabs.ts';

const scene = fileURLToPath(new URL('../public/generated/samples/cornell.glb', import.meta.url));

interface Line {
  readonly type: string;
  readonly samplesDone?: number;
  readonly state?: string;
}
// The longest file: in one piece it could keep one worker busy when the others have nothing left.
test.describe.configure({ mode: 'parallel' });

let folder = '';
const running: NodeProcess[] = [];

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-farm-'));
});
test.afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A command that goes on, with slow workers; with the test it ends. */
function start(...args: readonly string[]) {
  const child = startCommand(args, SLOW_TERMINAL);
  running.push(child);
  const exited = once(child, 'exit');
  return {
    ...{ stdout: child.stdout, stderr: child.stderr },
    /** Resolves with the exit code. */
    async stop(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
  };
}

/** `leafcutter join --json`. */
function startWorker(invite: string, name: string, workers: number, ...disk: readonly string[]) {
  const { stdout, stderr, stop } = start(
    ...['join', invite, '--json', '--name', name, '--workers', String(workers)],
    ...(disk.length > 0 ? disk : ['--no-disk']),
  );
  stderr.pipe(process.stderr);
  const told: Line[] = [];
  const lines = createInterface({ input: stdout });
  lines.on('line', (line) => told.push(JSON.parse(line)));
  return {
    /** What it has told of that type. */
    told: (type: string) => told.filter((line) => line.type === type),
    stop,
  };
}

/** A link that no page has made: a Network of terminals alone. Its name is new as well, because what lies on the disk goes by it. */
const freshInvite = (server: RunningServer): string =>
  `${server.url}#attic-${randomBytes(4).toString('hex')}.${randomBytes(16).toString('base64url')}`;

/** A tab and a worker without a window that know each other, and how many workers each lends. */
async function tabAndWorker(
  tab: () => Promise<Page>,
  lent: { readonly tab: number; readonly worker: number },
) {
  const page = await tab();
  const invite = await inviteLink(page);
  await slowWorkers(page);
  await lendWorkers(page, lent.tab);
  const worker = startWorker(invite, 'attic', lent.worker);
  await expect(people(page)).toHaveCount(2);
  return { page, invite, worker };
}

/** `leafcutter render` on a mesh, and what it has said so far. */
function startRender(invite: string, out: string, ...args: readonly string[]) {
  const child = start('render', scene, '-o', join(folder, out), '--join', invite, ...args);
  let said = '';
  child.stderr.on('data', (data) => {
    said += data;
  });
  return { ...child, said: () => said };
}

/** The render may be over in a second: what holds only until then is looked for often. */
const OFTEN = { intervals: [50] };

/** What the worker itself has rendered, as it last said. */
const samplesOf = (worker: ReturnType<typeof startWorker>): number =>
  Number(worker.told('status').at(-1)?.samplesDone ?? 0);

const SETTINGS = { width: 224, height: 160, samples: 16 };
const seed = ['--seed', '3'];
const shapeOf = ({ width, height, samples }: SampleSettings): readonly string[] => [
  ...['--size', `${width}x${height}`, '--samples', String(samples), ...seed],
];
const shape = shapeOf(SETTINGS);
/** Until another has the scene, which takes a busy machine longer than it should take anybody. */
const DETACHED = ['--detach', '--timeout', '60'];

/** The hash of the same render on this machine alone. */
const localHash = (): Promise<string> => hashAlone(SETTINGS, ...seed);

test('a tab, a worker without a window and the terminal make one picture, the same as the terminal alone', async ({
  tab,
}) => {
  const { page, invite, worker } = await tabAndWorker(tab, { tab: 1, worker: 1 });
  await expect(people(page)).toContainText(['attic']);

  const out = join(folder, 'mesh.png');
  const rendered = await runCommand([
    ...['render', scene, '-o', out, ...shape, '--join', invite, '--workers', '0', '--json', '--quiet'],
  ]);
  expect(rendered.stderr).toBe('');
  expect(rendered.exitCode).toBe(0);
  const told = JSON.parse(rendered.stdout);
  expect(told).toMatchObject({ ...SETTINGS, devices: 2 });
  expect(await pictureHash(page)).toBe(told.hash);
  expect(await localHash()).toBe(told.hash);
  expect(await readdir(folder)).toEqual(['mesh.png']);
  await expect.poll(() => samplesOf(worker)).toBeGreaterThan(0);

  expect(await worker.stop('SIGINT')).toBe(0);
  await expect(people(page)).toHaveCount(1);
});

test('a worker that is told to stop gives back what it has: the render goes on at once, to the same picture', {
  tag: '@long',
}, async ({ tab }) => {
  const { page, invite, worker } = await tabAndWorker(tab, { tab: 1, worker: 2 });
  const rendering = runCommand([
    ...['render', scene, '-o', join(folder, 'mesh.png'), ...shape, '--join', invite, '--workers', '0'],
    ...['--json', '--quiet'],
  ]);
  await expect.poll(() => worker.told('job').at(-1)?.state, OFTEN).toBe('rendering');
  const reasons = await partings(page);
  expect(await worker.stop('SIGTERM')).toBe(0);
  expect(worker.told('job').at(-1)?.state).toBe('rendering');
  await expect.poll(async () => (await reasons())[0]).toBe('it said goodbye');
  const { exitCode, stdout } = await rendering;
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).hash).toBe(await localHash());
});

test('a render is left to others, steered and fetched later by its id', async ({ server }) => {
  const invite = freshInvite(server);
  startWorker(invite, 'attic', 1);

  const left = await runCommand(['render', scene, ...shape, '--join', invite, ...DETACHED]);
  expect(left.stderr).toBe('');
  expect(left.exitCode).toBe(0);
  const id = left.stdout.trim();
  expect(id).toMatch(/^[0-9a-f]{32,64}$/);
  const short = id.slice(0, 8);

  const paused = await runCommand(['pause', invite, short, '--json', '--timeout', '30']);
  expect(JSON.parse(paused.stdout)).toMatchObject({ job: id, phase: 'paused' });
  const listed = await runCommand(['jobs', invite, '--json']);
  expect(JSON.parse(listed.stdout).jobs).toMatchObject([
    { id, title: 'cornell.glb', phase: 'paused', coordinatorName: expect.any(String) },
  ]);
  expect((await runCommand(['resume', invite, short])).stdout).toContain(`cornell.glb (${short}): running`);

  const out = join(folder, 'later.png');
  const fetched = await runCommand(['fetch', invite, short, '-o', out, '--json', '--quiet']);
  expect(fetched.stderr).toBe('');
  const told = JSON.parse(fetched.stdout);
  expect(told).toMatchObject({ job: id, width: 224, height: 160 });
  expect(told.hash).toBe(await localHash());
  expect(await readdir(folder)).toEqual(['later.png']);

  const log = JSON.parse((await runCommand(['jobs', invite, '--log', short, '--json'])).stdout);
  expect(log).toMatchObject({ job: id, title: 'cornell.glb', omitted: 0 });
  const kinds = log.events.map(({ kind }: { kind: string }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['submitted', 'joined', 'paused', 'resumed', 'done']));
  expect(log.work).toEqual([expect.objectContaining({ name: 'attic', failures: 0, expired: 0 })]);
  const text = await runCommand(['jobs', invite, '--log', short]);
  expect(text.stdout).toMatch(/attic +began to help/);

  const over = await runCommand(['cancel', invite, short]);
  expect(over.stderr).toContain('is done: there is nothing to cancel');
  expect(over.exitCode).toBe(1);
});

test('a render whose terminal is closed goes on where others have it', { tag: '@long' }, async ({
  server,
}) => {
  const invite = freshInvite(server);
  const worker = startWorker(invite, 'attic', 1);
  const render = startRender(invite, 'closed.png', ...shape, '--workers', '0');
  await expect.poll(() => worker.told('job').at(-1)?.state, OFTEN).toBe('rendering');
  render.stdout.destroy();
  render.stderr.destroy();
  expect(await render.stop('SIGHUP')).toBe(129);
  const [, id = ''] = /^job ([0-9a-f]+)\n/.exec(render.said()) ?? [];
  const out = join(folder, 'closed.png');
  const fetched = await runCommand(['fetch', invite, id, '-o', out, '--json', '--quiet']);
  expect(fetched.stderr).toBe('');
  expect(JSON.parse(fetched.stdout).hash).toBe(await localHash());
});

test('a worker that was killed when everyone else had gone goes on from its disk, and needs nobody for the scene', async ({
  server,
}) => {
  const invite = freshInvite(server);
  const disk = await mkdtemp(join(tmpdir(), 'leafcutter-kept-'));
  const first = startWorker(invite, 'attic', 1, '--disk', disk);
  const longer = { ...SETTINGS, samples: 2 * SETTINGS.samples };
  const left = await runCommand(['render', scene, ...shapeOf(longer), '--join', invite, ...DETACHED]);
  expect(left).toMatchObject({ stderr: '', exitCode: 0 });
  const id = left.stdout.trim();
  // Until it leads, it waits for who has left it the render.
  await expect.poll(() => first.told('job').at(-1)?.state, OFTEN).toBe('rendering');
  await expect.poll(async () => (await readdir(disk, { recursive: true })).join(' '), OFTEN).toMatch(/part/);
  await first.stop('SIGKILL');
  expect(first.told('job').at(-1)?.state).toBe('rendering');

  const second = startWorker(invite, 'attic', 1, '--disk', disk);
  await expect.poll(() => second.told('job').length).toBeGreaterThan(0);
  const out = join(folder, 'kept.png');
  const fetched = await runCommand([
    ...['fetch', invite, id, '-o', out, '--json', '--quiet', '--timeout', '60'],
  ]);
  expect(fetched.stderr).toBe('');
  expect(JSON.parse(fetched.stdout).hash).toBe(await hashAlone(longer, ...seed));
  expect(second.told('member-joined')).toHaveLength(1); // who fetched it
  await rm(disk, { recursive: true });
});

test('a render whose command is killed with nobody else there lies on the disk: who joins with it goes on', {
  tag: '@long',
}, async ({ server }) => {
  const invite = freshInvite(server);
  const disk = await mkdtemp(join(tmpdir(), 'leafcutter-kept-'));
  const rendering = startRender(invite, 'killed.png', ...shape, '--workers', '1', '--disk', disk);
  await expect.poll(async () => (await readdir(disk, { recursive: true })).join(' '), OFTEN).toMatch(/part/);
  await rendering.stop('SIGKILL');
  const [, id = ''] = /^job ([0-9a-f]+)\n/.exec(rendering.said()) ?? [];

  startWorker(invite, 'attic', 1, '--disk', disk);
  const out = join(folder, 'kept.png');
  const fetched = await runCommand([
    ...['fetch', invite, id, '-o', out, '--json', '--quiet', '--timeout', '60'],
  ]);
  expect(fetched.stderr).toBe('');
  expect(JSON.parse(fetched.stdout).hash).toBe(await localHash());
  await rm(disk, { recursive: true });
});

test('a render that was stopped does not begin again by itself from the disk', async ({ server }) => {
  const invite = freshInvite(server);
  const disk = await mkdtemp(join(tmpdir(), 'leafcutter-kept-'));
  const rendering = startRender(invite, 'stopped.png', ...shape, '--workers', '1', '--disk', disk);
  await expect.poll(async () => (await readdir(disk, { recursive: true })).join(' '), OFTEN).toMatch(/part/);
  expect(await rendering.stop('SIGINT')).toBe(130);

  const second = startWorker(invite, 'attic', 1, '--disk', disk);
  await expect.poll(() => second.told('job').at(-1)?.state).toBe('cancelled');
  await rm(disk, { recursive: true });
});

test('a worker whose disk cannot be written says so once, and works without', async ({ server }) => {
  const invite = freshInvite(server);
  const blocked = join(folder, 'a-file');
  await writeFile(blocked, '');
  const child = start('join', invite, '--name', 'attic', '--workers', '1', '--disk', blocked);
  let said = '';
  child.stderr.on('data', (data) => {
    said += data;
  });
  const out = join(folder, 'without.png');
  const rendered = await runCommand([
    ...['render', scene, '-o', out, ...shape, '--join', invite, '--workers', '0', '--json', '--quiet'],
  ]);
  expect(JSON.parse(rendered.stdout).hash).toBe(await localHash());
  expect(said.match(/nothing more is kept in/g)).toHaveLength(1);
  expect(await child.stop('SIGTERM')).toBe(0);
});

test('Ctrl+C ends a render for everyone; a render that nobody would have is not left', async ({ tab }) => {
  const page = await tab();
  const invite = await inviteLink(page);
  await lendWorkers(page, 0);
  const render = startRender(invite, 'x.png', '--samples', '65536');
  await expect.poll(render.said).toMatch(/^job [0-9a-f]+\n/);
  await expect(people(page)).toHaveCount(2);
  await expect(page.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
  expect(await render.stop('SIGINT')).toBe(130);
  expect(render.said()).toContain('the job is cancelled for everyone');
  await expect.poll(() => page.evaluate(() => window.leafcutter?.jobs[0]?.state)).toBe('cancelled');
  expect(await readdir(folder)).toEqual([]);

  await page.context().close();
  const alone = await runCommand([
    ...['render', scene, '--samples', '1', '--join', invite, '--detach', '--timeout', '20'],
  ]);
  expect(alone.stderr).toMatch(/nobody else is in the network.*leafcutter join/);
  expect(alone.exitCode).toBe(1);
});

test('what does not work is said in one line, with exit code 1, and without the key', async ({
  tab,
  server,
}) => {
  const invite = await inviteLink(await tab());
  const key = invite.slice(invite.lastIndexOf('.') + 1);
  const away = 'http://127.0.0.1:9/#amber.AAAAAAAAAAAAAAAAAAAAAA';
  const wrongKey = invite.replace(/\.[^.]*$/, '.AAAAAAAAAAAAAAAAAAAAAA');
  const out = ['-o', join(folder, 'x.png')];
  const cases: readonly (readonly [args: string[], says: RegExp])[] = [
    [['join', away, '--timeout', '1'], /is it running there/],
    [['join', wrongKey], /same network key/],
    [['join', server.url], /ask for the whole link/],
    [['join', invite, '--workers', 'many'], /from 1 to 256/],
    [['render', scene, ...out, '--join', away, '--timeout', '1'], /is it running there/],
    [['render', scene, ...out, '--join', server.url], /ask for the whole link/],
    [['fetch', invite, 'ffffffff', ...out, '--timeout', '60'], /no job begins with ffffffff; nobody/],
    [['fetch', invite, 'ffffffff', '-o', 'x.jpg'], /must end in .png or .exr/],
    [['cancel', invite, 'ffffffff', '--timeout', '60'], /no job begins with ffffffff/],
  ];
  for (const [args, says] of cases) {
    const { exitCode, stdout, stderr } = await runCommand(args);
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain(key);
    expect([exitCode, stdout]).toEqual([1, '']);
  }
});
