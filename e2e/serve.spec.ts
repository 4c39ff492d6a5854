/** The terminal's `serve`: what it prints and the exit codes that scripts rely on. */
import { createServer } from 'node:net';
import { expect, test } from '@playwright/test';
import { runCommand, startServer } from './support/server.ts';

test('serve answers on the port that it prints and ends cleanly with Ctrl+C', async () => {
  const server = await startServer();
  const health = await fetch(`${server.url}healthz`);
  expect(await health.json()).toMatchObject({ status: 'ok' });
  expect((await fetch(server.url)).headers.get('content-type')).toContain('text/html');
  expect(await server.stop()).toBe(0);
});

test('with --base everything is below that path, and nothing beside it', async () => {
  const server = await startServer(0, ['--base', 'tools/leaf']);
  expect(server.url).toMatch(/\/tools\/leaf\/$/);
  const root = `http://127.0.0.1:${server.port}`;
  expect(await (await fetch(`${server.url}healthz`)).json()).toMatchObject({ status: 'ok' });
  expect((await fetch(`${root}/tools/leaf`)).url).toBe(server.url);
  for (const path of ['/', '/healthz', '/tools/', '/tools/leaflet/']) {
    const answer = await fetch(root + path);
    expect(answer.status, path).toBe(404);
    expect(await answer.text(), path).toContain('Leafcutter is at /tools/leaf/');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
  expect(await server.stop()).toBe(0);
});

test('a taken port, a bad flag, a bad host and an unknown command are one line and exit code 1', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const address = blocker.address();
  const taken = String(typeof address === 'object' ? address?.port : 0);
  const cases: readonly (readonly [args: readonly string[], message: RegExp, env?: NodeJS.ProcessEnv])[] = [
    [['serve', '--host', '127.0.0.1', '--port', taken], new RegExp(`port ${taken} is taken`)],
    [['serve', '--host', '127.0.0.1'], new RegExp(`port ${taken} is taken`), { PORT: taken }],
    [['serve', '--port', 'abc'], /A port is a number from 0 to 65535/],
    [['serve', '--port', '70000'], /A port is a number/],
    [['serve'], /A port is a number/, { PORT: 'abc' }],
    [['serve', '--host', 'nowhere.invalid', '--port', '0'], /no address of this machine/],
    [['serve', '--base', '/a b/'], /use --base \/name\//],
    [['serve', '--tls-cert', 'x.pem'], /--tls-key is missing/],
    [
      ['serve', '--tls-cert', '/no/x.pem', '--tls-key', '/no/y.pem'],
      /--tls-(?:cert|key): \/no\/[xy]\.pem cannot be read/,
    ],
    [['serve', '--nope'], /unknown option '--nope'/],
    [['serve', 'extra'], /too many arguments/],
    [['nope'], /unknown command 'nope'/],
  ];
  for (const [args, message, env] of cases) {
    const { exitCode, stdout, stderr } = await runCommand(args, env);
    expect(stderr, args.join(' ')).toMatch(message);
    expect(stderr.trim().split('\n'), args.join(' ')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode, args.join(' ')).toBe(1);
  }
  blocker.close();
});

test('help and version are printed on request', async () => {
  const help = await runCommand(['--help']);
  expect(help).toMatchObject({ exitCode: 0, stderr: '' });
  expect(help.stdout).toContain('serve');
  expect((await runCommand(['serve', '--help'])).stdout).toContain('--port <number>');
  expect((await runCommand(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
