/** Behind a reverse proxy, below a path, over https: the whole page, its sockets, workers and kernels. And https without a proxy. */
import { chromium, expect, test } from '@playwright/test';
import { makeCertificate, opensslProblem, type TestCertificate } from '../signaling/tls.testing.ts';
import { chromiumLaunchOptions } from './support/chromium.ts';
import { PROXY_HOST, type ProxyName, proxyProblem, startProxy } from './support/proxies.ts';
import { startServer } from './support/server.ts';
import { inviteLink, openTab, people, pictureHash, startSample } from './support/tabs.ts';

const noOpenssl = opensslProblem();
let certificate: TestCertificate;
test.beforeAll(() => {
  if (!noOpenssl) certificate = makeCertificate(`DNS:${PROXY_HOST},DNS:localhost,IP:127.0.0.1`);
});
test.afterAll(() => {
  if (!noOpenssl) certificate.remove();
});

const proxies: readonly { name: ProxyName; what: string; options: readonly string[] }[] = [
  { name: 'nginx', what: 'passes the path on', options: ['--base', '/leafcutter/'] },
  { name: 'caddy', what: 'takes the path off', options: [] },
];

for (const { name, what, options } of proxies) {
  test(`behind ${name}, which ${what}, two tabs meet over https and render`, async () => {
    test.skip(noOpenssl !== undefined, noOpenssl);
    const problem = proxyProblem(name);
    test.skip(problem !== undefined, problem);
    const server = await startServer(0, options);
    const proxy = await startProxy(name, server.port, certificate);
    const browser = await chromium.launch({
      ...chromiumLaunchOptions,
      args: [
        ...chromiumLaunchOptions.args,
        `--host-resolver-rules=MAP ${PROXY_HOST} 127.0.0.1`,
        // The certificate is nobody's. With this, service workers are allowed as with a good one.
        '--ignore-certificate-errors',
      ],
    });
    try {
      const origin = `https://${PROXY_HOST}:${proxy.port}`;
      // Without the slash, as people type it.
      const host = await openTab(browser, `${origin}/leafcutter`);
      const link = await inviteLink(host);
      expect(link).toMatch(new RegExp(`^${origin}/leafcutter/#`));
      const guest = await openTab(browser, link);
      await expect(people(host)).toHaveCount(2);
      expect(await host.evaluate(() => crossOriginIsolated)).toBe(true);
      await startSample(host, { width: 48, height: 32, samples: 2 });
      expect(await pictureHash(guest)).toBe(await pictureHash(host));
      // Compressed by our server, not again by the proxy.
      const asset = await guest.evaluate(async () => {
        const script = document.querySelector<HTMLScriptElement>('script[type=module]');
        const { headers } = await fetch(script?.src ?? '');
        return { encoding: headers.get('content-encoding'), caching: headers.get('cache-control') };
      });
      expect(asset).toEqual({ encoding: 'br', caching: 'public, max-age=31536000, immutable' });
    } finally {
      await browser.close();
      await proxy.stop();
      await server.stop();
    }
  });
}

test('with a certificate of its own the server speaks https and wss', async ({ browser }) => {
  test.skip(noOpenssl !== undefined, noOpenssl);
  const { certFile, keyFile } = certificate;
  const server = await startServer(0, ['--tls-cert', certFile, '--tls-key', keyFile]);
  expect(server.url).toMatch(/^https:/);
  const sockets: string[] = [];
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const [host, guest] = [await context.newPage(), await context.newPage()];
  host.on('websocket', (socket) => sockets.push(socket.url()));
  await host.goto(server.url);
  await expect(host.getByTestId('rendezvous')).toHaveText('Online');
  await guest.goto(await inviteLink(host));
  await expect(people(host)).toHaveCount(2);
  expect(sockets.length).toBeGreaterThanOrEqual(1);
  for (const url of sockets) expect(url).toMatch(/^wss:/);
  await context.close();
  expect(await server.stop()).toBe(0);
});
