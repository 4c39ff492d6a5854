/** Renders on subjects: an official NATS client at a door asks for one, a worker without a window does it, and tabs and terminals watch. */
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from './support/fixtures.ts';
import { endProcess, HERE, type NodeProcess, startNode } from './support/node-process.ts';
import { runCommand, startCommand } from './support/server.ts';
import { inviteLink, lendWorkers, people } from './support/tabs.ts';

const scene = fileURLToPath(new URL('../public/generated/samples/cornell.glb', import.meta.url));
const watcher = fileURLToPath(new URL('../examples/watch-a-render/watch.mjs', import.meta.url));

let children: NodeProcess[] = [];
test.afterEach(async () => {
  await Promise.all(children.map((child) => endProcess(child, 'SIGKILL')));
  children = [];
});

/** A command that goes on, once it has printed such a line; the test ends it. */
async function running(args: readonly string[], line: RegExp): Promise<RegExpExecArray> {
  const child = startCommand(args);
  children.push(child);
  child.stderr.pipe(process.stderr);
  for await (const text of createInterface({ input: child.stdout })) {
    const found = line.exec(text);
    if (found) return found;
  }
  throw new Error(`it ended without saying ${line}`);
}

test('a program asks for a render at a door, and hears each step of it; so does a tab', async ({ tab }) => {
  const page = await tab();
  const invite = await inviteLink(page);
  await lendWorkers(page, 0);
  await running(['join', invite, '--workers', '1', '--no-disk', '--json'], /"joined"/);
  const [, port] = await running(['door', 'nats', invite, '--port', '0'], /nats:\/\/[\d.]+:(\d+)/);
  await expect(people(page)).toHaveCount(3);
  await page.evaluate(async () => {
    const nc = await window.leafcutter?.pubsub;
    const heard: string[] = [];
    Object.assign(window, { heard });
    const steps = nc?.subscribe('leafcutter.job.*.*');
    void (async () => {
      for await (const m of steps ?? []) heard.push(m.subject.split('.').at(-1) ?? '');
    })();
    await steps?.ready;
  });

  const asking = startNode(HERE, [watcher, scene, '--size', '64x48', '--samples', '8'], {
    NATS_URL: `127.0.0.1:${port}`,
  });
  children.push(asking);
  asking.stderr.pipe(process.stderr);
  const said: string[] = [];
  for await (const line of createInterface({ input: asking.stdout })) said.push(line);
  expect(said[0]).toMatch(/^asked for [0-9a-f]{32}$/);
  expect(said[1]).toMatch(/^cornell\.glb: started, 0 %/);
  expect(said.at(-1)).toMatch(/^cornell\.glb: done, 100 %/);
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { heard: string[] }).heard.at(-1)))
    .toBe('done');

  const misasked = await runCommand(['req', invite, 'leafcutter.job.submit', 'no scene at all', '--json']);
  expect(JSON.parse(misasked.stdout)).toMatchObject({ text: expect.stringContaining('"error"') });
  const forged = await runCommand(['pub', invite, 'leafcutter.job.ab.done', '{}']);
  expect(forged.exitCode).toBe(1);
  expect(forged.stderr).toMatch(/said by Leafcutter itself/);
});
