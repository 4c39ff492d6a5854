/**
 * The door and Debian's nats-server 2.9 are told the same, and must answer the same, word for word, and close at the same. Where we differ on
 * purpose it stands below with the reason.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDoor, type TestDoor, talk, userOf } from './door.testing.ts';

const COMMAND = ['nats-server', '/usr/sbin/nats-server'].find(
  (command) => spawnSync(command, ['--version']).status === 0,
);
const RULES = {
  publish: { allow: ['foo.>'], deny: [] },
  subscribe: { allow: ['foo.*', 'q.* grp'], deny: ['foo.secret'] },
};
const CONFIG = `
  host: 127.0.0.1, port: -1, max_payload: 1024
  authorization { users: [ { user: a, password: b, permissions: {
    publish: { allow: ["foo.>"] }, subscribe: { allow: ["foo.*", "q.* grp"], deny: ["foo.secret"] } } } ] }
`;
const OPEN = 'host: 127.0.0.1, port: -1, max_payload: 1024';
const IN = 'CONNECT {"user":"a","pass":"b","verbose":false,"headers":true,"no_responders":true}\r\n';
const SAYS = 'SUB foo.a 1\r\n';

/** Said by one who is not in, by one who is, and where nobody is asked. */
const CASES: readonly string[] = [
  'PUB foo.a 5\r\nhelloXX\r\n',
  'PUB foo.a 5\r\nhel\r\nlo\r\n',
  'PUB foo.a 2000\r\n',
  'PUB foo.a\r\n',
  'PUB foo.a x\r\n',
  'PUB foo.a -1\r\n',
  'PUB foo.a b c 5\r\n',
  'PUB foo.a 99999999999\r\n',
  'PUB foo.a 01\r\na\r\nPING\r\n',
  'PUB foo.a 1\na\nPING\r\n',
  'PUB\tfoo.a\t1\r\na\r\nPING\r\n',
  'BAD\r\n',
  'PIN\r\n',
  '\r\nPING\r\n',
  '  PING\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'MSG a 1 1\r\n',
  'SUB foo\r\n',
  'SUB a b c d\r\n',
  'sub foo.a 1\nping\n',
  'UNSUB\r\n',
  'UNSUB 1 x\r\nPING\r\n',
  'PONG\r\nPING x\r\nINFO {}\r\nPING\r\n',
  '+OK\r\nPING\r\n',
  "-ERR 'x'\r\nPING\r\n",
  'CONNECT {bad\r\n',
  'CONNECT {"no_responders":true,"user":"a","pass":"b"}\r\nPING\r\n',
  'CONNECT {"verbose":true,"pedantic":true,"user":"a","pass":"b"}\r\nPUB foo.* 0\r\n\r\nSUB foo.b 1\r\nUNSUB 1\r\nUNSUB 77\r\nPING\r\n',
  'SUB foo.secret 1\r\nSUB q.a other 4\r\nSUB q.a 5\r\nPUB bar 0\r\n\r\nPING\r\n',
  `PUB ${'x'.repeat(5000)} 0\r\n`,
  `UNSUB ${'x'.repeat(4096)}\r\nPING\r\n`,
  `UNSUB   ${'x'.repeat(4097)}\r\nPING\r\n`,
  'CONNECT {"no_responders":true,"user":"a","pass":"wrong"}\r\nPING\r\n',
  'CONNECT {"protocol":2,"no_responders":true,"user":"a","pass":"wrong"}\r\nPING\r\n',
  'CONNECT {"protocol":2,"no_responders":true,"user":"a","pass":"b"}\r\nPING\r\n',
  'CONNECT {"protocol":-1,"user":"a","pass":"b"}\r\nPING\r\n',
  `${SAYS}HPUB foo.a 12 12\r\nNATS/1.0\r\n\r\n\r\nPING\r\n`,
  `${SAYS}HPUB foo.a 12 14\r\nXATS/1.0\r\n\r\nhi\r\nPING\r\n`,
  `${SAYS}HPUB foo.a 8 4\r\nNATS\r\n\r\nPING\r\n`,
  'SUB foo.*.> 1\r\nSUB foo.a>b 2\r\nSUB >.a 3\r\nSUB foo.>.a 4\r\nSUB foo..a 5\r\nPING\r\n',
];

/** Where nobody said so clients are verbose, and our +OKs come before the messages that the same chunk brought about: not compared there. */
const DELIVERIES: readonly string[] = [
  `${SAYS}SUB foo.a 1\r\nUNSUB 1 1\r\nPUB foo.a 1\r\na\r\nPUB foo.a 1\r\nb\r\nPING\r\n`,
  `${SAYS}HPUB foo.a 0 2\r\nhi\r\nPING\r\n`,
  `${SAYS}PUB foo.a foo.r 0\r\n\r\nPUB foo.none foo.a 0\r\n\r\nPING\r\n`,
];

describe.skipIf(COMMAND === undefined)('a door and nats-server', () => {
  const servers: { readonly port: number; end(): Promise<void> }[] = [];
  const doors: TestDoor[] = [];
  beforeAll(async () => {
    const limits = { maxPayloadBytes: 1024 };
    servers.push(await startNats(CONFIG), await startNats(OPEN));
    doors.push(
      await openTestDoor({ limits, users: [userOf('a', 'b', RULES)] }),
      await openTestDoor({ limits }),
    );
  });
  afterAll(async () => {
    for (const server of servers) await server.end();
    for (const door of doors) await door.close();
  });

  async function bothAnswer(which: number, text: string): Promise<void> {
    const [theirs, ours] = await Promise.all([
      talk(servers[which]?.port ?? 0, text),
      talk(doors[which]?.port ?? 0, text),
    ]);
    expect(ours).toEqual(theirs);
  }

  const name = (text: string) => [JSON.stringify(text.slice(0, 100)), text] as const;
  const named = CASES.map(name);
  it.each([...named, ...DELIVERIES.map(name)])(
    'answer the same to %s by one who is in',
    async (_name, text) => {
      await bothAnswer(0, IN + text);
    },
  );
  it.each(named)('answer the same to %s by one who is not in', async (_name, text) => {
    await bothAnswer(0, text);
  });
  it.each(named)('answer the same to %s where nobody is asked', async (_name, text) => {
    await bothAnswer(1, text);
  });

  it('differ on purpose: a subscription with wildcards must lie within what is allowed', async () => {
    const text = `${IN}SUB foo.> 1\r\nPING\r\n`;
    const theirs = await talk(servers[0]?.port ?? 0, text);
    const ours = await talk(doors[0]?.port ?? 0, text);
    expect(theirs.text).toBe('PONG\r\n');
    expect(ours.text).toBe(`-ERR 'Permissions Violation for Subscription to "foo.>"'\r\nPONG\r\n`);
  });

  it('differ on purpose: who is not pedantic is told of a subject that is none', async () => {
    const text = 'CONNECT {"verbose":false,"pedantic":false}\r\nPUB foo..a 0\r\n\r\nPING\r\n';
    const theirs = await talk(servers[1]?.port ?? 0, text);
    const ours = await talk(doors[1]?.port ?? 0, text);
    expect(theirs.text).toBe('PONG\r\n');
    expect(ours.text).toMatch(/^-ERR 'Permissions Violation for Publish to "foo\.\.a": .*'\r\nPONG\r\n$/);
  });
});

async function startNats(config: string): Promise<{ port: number; end(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-nats-'));
  const file = join(folder, 'nats.conf');
  await writeFile(file, config);
  const child = spawn(String(COMMAND), ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /client connections on [\d.]+:(\d+)/.exec(text)?.[1];
      if (found && text.includes('Server is ready')) resolve(Number(found));
    });
    child.once('exit', () => reject(new Error(text)));
  });
  return {
    port,
    async end() {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
