/** Publish and subscribe between a real tab and terminals: subjects, requests, and what is said when nobody is there. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { connect } from '@nats-io/transport-node';
import { expect, resident, test } from './support/fixtures.ts';
import { endProcess, type NodeProcess } from './support/node-process.ts';
import { runCommand, startCommand } from './support/server.ts';
import { inviteLink, nodeId, people } from './support/tabs.ts';

const running: NodeProcess[] = [];
test.afterEach(async () => {
  for (const child of running.splice(0)) await endProcess(child, 'SIGKILL');
});

/** A command that prints JSON, line by line, once it is ready. */
async function ready(args: readonly string[]) {
  // A busy machine takes its time to join.
  const child = startCommand([...args, '--json', '--timeout', '60']);
  running.push(child);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value) as Readonly<Record<string, unknown>>;
  expect(await next()).toHaveProperty('ready');
  return { next, ended: once(child, 'exit').then(() => child.exitCode) };
}

const theTab = resident();

test('a tab and terminals publish to each other, and ask each other', async () => {
  const page = theTab();
  const invite = await inviteLink(page);
  const id = await nodeId(page);

  const listening = await ready(['sub', invite, 'notes.*', '--count', '2']);
  const taken = await page.evaluate(async () => {
    const nc = await window.leafcutter?.pubsub;
    return nc?.publish('notes.tab', 'from the tab', { headers: { k: 'v' }, ack: true });
  });
  expect(taken).toEqual({ subscriptions: 1, nodes: 1 });
  expect(await listening.next()).toEqual({
    ...{ subject: 'notes.tab', from: id, text: 'from the tab' },
    headers: { k: ['v'] },
  });
  const published = await runCommand(['pub', invite, 'notes.terminal', 'from a terminal', '--json']);
  expect([published.stderr, published.exitCode]).toEqual(['', 0]);
  expect(JSON.parse(published.stdout)).toEqual({ subscriptions: 1, nodes: 1 });
  expect(await listening.next()).toMatchObject({ subject: 'notes.terminal', text: 'from a terminal' });
  expect(await listening.ended).toBe(0);

  await page.evaluate(async () => {
    const serving = (await window.leafcutter?.pubsub)?.subscribe('upper');
    if (!serving) throw new Error('no console handle');
    void (async () => {
      for await (const msg of serving) msg.respond(msg.string().toUpperCase());
    })();
    await serving.ready;
  });
  const asked = await runCommand(['req', invite, 'upper', 'hello', '--json']);
  expect([asked.exitCode, JSON.parse(asked.stdout)]).toEqual([
    0,
    { subject: expect.stringMatching(/^_INBOX\./), from: id, text: 'HELLO' },
  ]);
  const serving = await ready(['reply', invite, 'echo', '--count', '1']);
  const answer = await page.evaluate(async () => {
    const nc = await window.leafcutter?.pubsub;
    return (await nc?.request('echo', 'what?'))?.string();
  });
  expect(answer).toBe('what?');
  expect(await serving.ended).toBe(0);
});

test('a client at a door that stood still while others published is told, and comes anew', async () => {
  const page = theTab();
  const door = startCommand(['door', 'nats', await inviteLink(page), '--port', '0']);
  running.push(door);
  door.stderr.pipe(process.stderr);
  let at: string | undefined;
  for await (const line of createInterface({ input: door.stdout })) {
    at = /nats:\/\/\S+/.exec(line)?.[0];
    if (at !== undefined) break;
  }
  const client = await connect({ servers: String(at), reconnectTimeWait: 50 });
  const heard: string[] = [];
  void (async () => {
    for await (const { type } of client.status()) heard.push(type);
  })();
  client.subscribe('notes.*');
  await client.flush();
  await expect(people(page)).toHaveCount(2);
  door.kill('SIGSTOP');
  // Until then whoever publishes is heard when it goes on.
  await expect(people(page)).toHaveCount(1);
  expect(heard).toEqual([]);
  door.kill('SIGCONT');
  await expect.poll(() => heard).toContain('reconnect');
  expect(heard.slice(0, 2)).toEqual(['error', 'disconnect']);
  await client.close();
});

test('a question that too few answer is one line that says so, in the words of the terminal', async () => {
  const invite = await inviteLink(theTab());
  await ready(['sub', invite, 'silent', '--count', '1']);
  await ready(['reply', invite, 'echo', '--count', '1']);
  // To join takes part of that time.
  const [unanswered, half] = await Promise.all([
    runCommand(['req', invite, 'silent', '--timeout', '20']),
    runCommand(['req', invite, 'echo', 'what?', '--replies', '2', '--timeout', '20']),
  ]);
  expect(unanswered).toEqual({
    ...{ exitCode: 1, stdout: '' },
    stderr:
      'leafcutter: "silent": nobody answered, though somebody subscribes; give it more than 20 s with --timeout\n',
  });
  expect([half.exitCode, half.stderr]).toEqual([
    1,
    'leafcutter: "echo": only 1 of 2 answers came; give it more than 20 s with --timeout\n',
  ]);
  expect(half.stdout).toContain('what?');
});

test('nobody there is one line and exit code 1, at once', async () => {
  const invite = await inviteLink(theTab());
  for (const args of [
    ['pub', invite, 'nobody.here', 'x'],
    ['req', invite, 'nobody.here', '--timeout', '60'],
  ]) {
    const { exitCode, stdout, stderr } = await runCommand(args);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^leafcutter: nobody in reach subscribes to "nobody\.here"[^\n]*\n$/);
  }
});
