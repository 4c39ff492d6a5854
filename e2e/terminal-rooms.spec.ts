/** A room whose maker is gone: a keeper has it on its disk, scripts read it, write to it and save it, also after the keeper was started anew. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from './support/fixtures.ts';
import { type RunningServer, runCommand, startCommand, startServer } from './support/server.ts';

const NETWORK = '#amber-otter-river.AAECAwQFBgcICQoLDA0ODw';
type Line = Readonly<Record<string, unknown>>;

let server: RunningServer;
let folder: string;
test.beforeAll(async () => {
  server = await startServer();
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-keep-'));
});
test.afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
  return child.exitCode;
}

/** A keeper, and a way to wait for a line of it. */
function keep(link: string) {
  const child = startCommand(['keep', link, '--disk', folder, '--json']);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const until = async (isRight: (line: Line) => boolean): Promise<Line> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error('the keeper has ended');
      const line = JSON.parse(value) as Line;
      if (isRight(line)) return line;
    }
  };
  return { child, until };
}

const isKept = (line: Line): boolean =>
  (line['disk'] as { readonly type?: string } | undefined)?.type === 'kept';
const holds =
  (updates: number) =>
  (line: Line): boolean =>
    line['updates'] === updates && isKept(line);

test('a keeper has a room whose maker is gone, and scripts read it, write to it and save it', async () => {
  const maker = spawn(process.execPath, ['e2e/support/room-maker.mjs', `${server.url}${NETWORK}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { value } = await createInterface({ input: maker.stdout })[Symbol.asyncIterator]().next();
  const link = `${server.url}${value}`;

  const keeper = keep(link);
  expect(await keeper.until(({ type }) => type === 'opened')).toMatchObject({ reducer: 'notes/1' });
  await keeper.until(isKept);
  await end(maker, 'SIGKILL');
  // The maker could close what was written at any moment; nobody else can.
  const left = await keeper.until((line) => line['others'] === 0 && isKept(line));
  const open = left['updates'] as number;
  const say = async (text: string): Promise<string> => {
    const said = await runCommand(['room', 'say', link, text, '--json']);
    expect([said.stderr, said.exitCode]).toEqual(['', 0]);
    return JSON.parse(said.stdout).hash;
  };
  const first = await say('b');
  await keeper.until(holds(open + 1));
  const second = await say('from a script');
  await keeper.until(holds(open + 2));
  expect(await end(keeper.child, 'SIGINT')).toBe(0);

  const again = keep(link);
  await again.until(holds(open + 2));
  const log = await runCommand(['room', 'log', link, '--json']);
  const updates = log.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const all = ['a', 'b', 'from a script'].slice(-open - 2);
  expect([log.exitCode, updates.map(({ update }) => update)]).toEqual([0, all]);
  expect(updates.at(-1)).toMatchObject({ hash: second, parents: [first] });
  const text = await runCommand(['room', 'log', link, '--count', '1']);
  expect(text).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\S+Z [0-9a-f]{8} from a script\n$/),
  });
  const saved = await runCommand(['room', 'export', link]);
  expect(JSON.parse(saved.stdout)).toMatchObject({
    reducer: 'notes/1',
    initial: [],
    updates,
  });
  expect(await end(again.child, 'SIGTERM')).toBe(0);

  // Whoever copied the link wrong waits for nobody, and hears of it.
  const at = link.length - 10;
  const wrong = startCommand([
    ...['keep', `${link.slice(0, at)}${link[at] === 'A' ? 'B' : 'A'}${link.slice(at + 1)}`, '--no-disk'],
  ]);
  let wrongSaid = '';
  wrong.stderr.on('data', (chunk) => {
    wrongSaid += chunk;
  });
  await expect.poll(() => wrongSaid).toContain('or the key of its link is not theirs: looking on');
  await end(wrong, 'SIGKILL');
});

test('a keeper that is stopped while its disk takes nothing says what it has not kept, and fails', async () => {
  const maker = spawn(process.execPath, ['e2e/support/room-maker.mjs', `${server.url}${NETWORK}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { value } = await createInterface({ input: maker.stdout })[Symbol.asyncIterator]().next();
  const file = join(folder, 'no-folder');
  await writeFile(file, '');
  const keeper = startCommand(['keep', `${server.url}${value}`, '--disk', join(file, 'below')]);
  let said = '';
  keeper.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await expect.poll(() => said).toContain('1 not stored');
  expect(await end(keeper, 'SIGTERM')).toBe(1);
  expect(said).toMatch(/^leafcutter: not all of the room is on the disk: 1 not stored: .*$/m);
  await end(maker, 'SIGKILL');
});

test('a keeper that is taken out of the room says so and ends, and so does a log that follows', async () => {
  const maker = spawn(process.execPath, ['e2e/support/room-maker.mjs', `${server.url}${NETWORK}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const { value } = await createInterface({ input: maker.stdout })[Symbol.asyncIterator]().next();
  const link = `${server.url}${value}`;
  const log = startCommand(['room', 'log', link, '--follow']);
  const keeper = startCommand(['keep', link, '--no-disk']);
  let said = '';
  keeper.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ends = [log, keeper].map(async (child) => (await once(child, 'exit'))[0]);
  // On a slow machine what was written is closed by a checkpoint before they come.
  await expect.poll(() => said).toMatch(/ updates?, 2 others here/);
  maker.stdin.write('out\n');
  expect(await Promise.all(ends)).toEqual([1, 1]);
  expect(said).toContain('leafcutter: an administrator has removed this device from the room');
  await end(maker, 'SIGKILL');
});

test('a link without a room, or to one that nobody has, is one line and exit code 1', async () => {
  const nobody = `${server.url}${NETWORK}&room=E${'A'.repeat(86)}`;
  const [none, vain] = await Promise.all([
    runCommand(['room', 'log', `${server.url}${NETWORK}`]),
    // To join takes part of that time.
    runCommand(['room', 'export', nobody, '--timeout', '20']),
  ]);
  expect([none.exitCode, none.stdout, none.stderr]).toEqual([
    ...[1, '', 'leafcutter: the link names no room: “&room=…” is not in it; ask for the whole link\n'],
  ]);
  expect([vain.exitCode, vain.stderr]).toEqual([
    1,
    expect.stringMatching(/^leafcutter: nobody with the room[^\n]*\n$/),
  ]);
});
