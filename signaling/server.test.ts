import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildServer, startServerInChild } from './child-process.ts';
import { ServerStartError } from './errors.ts';
import { createSignalingServer } from './server.ts';

let server: ChildServer;
const http = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
beforeAll(async () => {
  server = await startServerInChild();
});
afterAll(() => server.kill());

describe('the page', () => {
  it('is served with a strict policy and the isolation headers, errors and health included', async () => {
    for (const path of ['/', '/healthz', '/nothing', '/%E0%A4%A', '/metrics', '/api/network']) {
      const { headers } = await http(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
      expect(policy).not.toContain('unsafe-inline');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toContain('camera=()');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('has one frame, for functions of other devices: of no origin, and with nothing to reach', async () => {
    expect((await http('/')).headers.get('content-security-policy')).toContain("frame-src 'self'");
    const policy = (await http('/sandbox.html')).headers.get('content-security-policy');
    expect(policy).toMatch(
      /^sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' blob:; worker-src blob:; frame-anc/,
    );
  });

  it('is asked for again each time and answered with 304 while it is the same', async () => {
    const first = await http('/');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    expect(await first.text()).toContain('Leafcutter');
    // Without a word of its own on caching, fetch would add `no-cache` and never get a 304.
    const headers = { 'if-none-match': first.headers.get('etag') ?? '', 'cache-control': 'max-age=0' };
    const again = await http('/', { headers });
    expect(again.status).toBe(304);
  });

  it('keeps hashed assets for ever and names the type of wasm', async () => {
    expect((await http('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable');
    const wasm = await http('/kernel.wasm');
    expect(wasm.headers.get('content-type')).toBe('application/wasm');
    expect(wasm.headers.get('cache-control')).toBe('no-cache');
  });

  it('answers what it has not, and what is no address, with one plain line', async () => {
    for (const [path, status] of [
      ['/nothing', 404],
      ['/%E0%A4%A', 404],
      ['/../package.json', 404],
    ] as const) {
      const response = await http(path);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toContain('text/plain');
    }
  });
});

describe('STUN and TURN servers', () => {
  it('are told to pages of other origins that may meet here, and to no others', async () => {
    const other = await startServerInChild(0, { server: { origins: ['https://app.example'] } });
    try {
      const allowed = async (origin?: string): Promise<string | null> => {
        const headers = origin === undefined ? {} : { origin };
        const response = await fetch(`http://127.0.0.1:${other.port}/api/ice-servers`, { headers });
        expect(await response.json()).toHaveProperty('iceServers');
        return response.headers.get('access-control-allow-origin');
      };
      expect(await allowed('https://app.example')).toBe('https://app.example');
      expect(await allowed('https://evil.example')).toBeNull();
      expect(await allowed()).toBeNull();
    } finally {
      await other.kill();
    }
  });
});

describe('a server that cannot start', () => {
  it('says that the page is not built', async () => {
    const starting = createSignalingServer({ host: '127.0.0.1', port: 0, pageFolder: `${tmpdir()}/no-such` });
    await expect(starting).rejects.toMatchObject({ problem: 'page-missing' });
  });

  it('says that the port is taken, or that the host is none of ours', async () => {
    const pageFolder = await mkdtemp(join(tmpdir(), 'leafcutter-page-'));
    await writeFile(join(pageFolder, 'index.html'), '');
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const start = (host: string) => createSignalingServer({ host, port, pageFolder });
    await expect(start('127.0.0.1')).rejects.toThrow(ServerStartError);
    await expect(start('127.0.0.1')).rejects.toMatchObject({ problem: 'port-taken' });
    await expect(start('192.0.2.1')).rejects.toMatchObject({ problem: 'bad-host' });
    blocker.close();
    await rm(pageFolder, { recursive: true });
  });
});
