/** The terminal in one mesh with a real tab: who is there, a round trip, messages, and a goodbye that is seen at once. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, resident, test } from './support/fixtures.ts';
import { type FinishedCommand, runCommand, startCommand } from './support/server.ts';
import { inviteLink, nodeId, partings, people } from './support/tabs.ts';

/** `leafcutter listen --json`, line by line. */
function listen(invite: string, ...args: string[]) {
  const child = startCommand(['listen', invite, '--json', ...args]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => JSON.parse((await lines.next()).value) as Readonly<Record<string, unknown>>,
    async stop(signal: NodeJS.Signals): Promise<number | null> {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      return child.exitCode;
    },
    ended: once(child, 'exit').then(() => child.exitCode),
  };
}

const theTab = resident();

test('the terminal lists a tab, measures its round trip and hears what it says', async () => {
  const page = theTab();
  const invite = await inviteLink(page);
  const id = await nodeId(page);

  const nodes = await runCommand(['nodes', invite, '--json', '--as', 'terminal']);
  expect(nodes.stderr).toBe('');
  const { nodes: rows } = JSON.parse(nodes.stdout);
  expect(rows).toMatchObject([
    { name: 'terminal', isSelf: true },
    {
      id,
      hops: 1,
      path: expect.stringMatching(/^(host|reflexive)$/),
      health: 'healthy',
      rttMs: expect.any(Number),
    },
  ]);
  expect(nodes.exitCode).toBe(0);

  const ping = await runCommand([
    'ping',
    invite,
    id.slice(0, 8),
    '--count',
    '2',
    '--interval',
    '0.1',
    '--json',
  ]);
  expect(JSON.parse(ping.stdout)).toMatchObject({ node: id, sent: 2, answered: 2 });
  expect(ping.exitCode).toBe(0);

  const listening = listen(invite, '--count', '2');
  const { ready } = await listening.next();
  await expect(people(page)).toHaveCount(2);
  await page.evaluate(
    (target) =>
      window.leafcutter?.node.send(
        window.leafcutter.node.members().find((member) => member.id === target)?.id ?? [],
        'text',
        new TextEncoder().encode('from the tab'),
      ),
    ready,
  );
  expect(await listening.next()).toMatchObject({ from: id, isBroadcast: false, text: 'from the tab' });
  expect((await runCommand(['send', invite, 'all', 'from the terminal'])).exitCode).toBe(0);
  expect(await listening.next()).toMatchObject({ isBroadcast: true, text: 'from the terminal' });
  expect(await listening.ended).toBe(0);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`a terminal that is told to stop by ${signal} says goodbye: the tab sees it leave at once`, async () => {
    const page = theTab();
    const listening = listen(await inviteLink(page));
    await listening.next();
    await expect(people(page)).toHaveCount(2);
    const reasons = await partings(page);
    expect(await listening.stop(signal)).toBe(0);
    // A Node that only falls silent is given up after seconds, for another reason.
    await expect.poll(reasons).toEqual(['it said goodbye']);
    await expect(people(page)).toHaveCount(1);
  });
}

test('what does not work is said in one line, with exit code 1, and without the key', async ({ server }) => {
  const invite = await inviteLink(theTab());
  const key = invite.slice(invite.lastIndexOf('.') + 1);
  const cases: readonly (readonly [args: string[], says: RegExp])[] = [
    [['nodes', 'http://127.0.0.1:9/#amber.AAAAAAAAAAAAAAAAAAAAAA', '--timeout', '1'], /is it running there/],
    [['nodes', invite.replace(/\.[^.]*$/, '.AAAAAAAAAAAAAAAAAAAAAA')], /same network key/],
    [['nodes', server.url], /ask for the whole link/],
    [['nodes', invite, '--jsn'], /Did you mean --json/],
    [['send', invite, 'kitchen', 'hello'], /first 8 characters/],
  ];
  // It takes all of its time, beside the others.
  const looking = runCommand(['ping', invite, 'ffffffff', '--timeout', '20']);
  const expectLine = async (command: Promise<FinishedCommand>, says: RegExp): Promise<void> => {
    const { exitCode, stdout, stderr } = await command;
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain(key);
    expect([exitCode, stdout]).toEqual([1, '']);
  };
  for (const [args, says] of cases) await expectLine(runCommand(args), says);
  await expectLine(looking, /no Node begins with ffffffff; there are/);
});
