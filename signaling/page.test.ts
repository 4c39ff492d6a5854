import { once } from 'node:events';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import express, { type NextFunction, type Request, type Response } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFiles } from './page.ts';
import { PageFiles, pagePath } from './page-files.ts';

const SCRIPT = `export const text = '${'leaf '.repeat(500)}';`;
const KERNEL = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

let folder: string;
let server: Server;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Plain http: `fetch` would tidy the path, ask for encodings of its own and decode what comes. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    asking.on('error', reject);
    asking.end();
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafcutter-page-'));
  await mkdir(join(folder, 'page', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'not of the page');
  const page = (path: string, content: string | Uint8Array) => writeFile(join(folder, 'page', path), content);
  await page('index.html', '<!doctype html><title>Leafcutter</title>');
  await page('.hidden', 'not of the page');
  await page('kernel.wasm', KERNEL);
  await page('assets/app-1a2b.js', SCRIPT);
  await page('assets/app-1a2b.js.br', brotliCompressSync(SCRIPT));
  await page('assets/app-1a2b.js.gz', gzipSync(SCRIPT));
  await page('stale.js', SCRIPT);
  await page('stale.js.br', brotliCompressSync('older'));
  await utimes(join(folder, 'page', 'stale.js.br'), 1, 1);
  const app = express().use(pageFiles(join(folder, 'page')));
  // Express's own would clear the headers.
  app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    response.status(error.status ?? 500).send('Bad request');
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe('compressed files', () => {
  const asset = '/assets/app-1a2b.js';

  it('are sent to those who take them, brotli before gzip, under the type of the file itself', async () => {
    const br = await ask(asset, { 'accept-encoding': 'gzip, deflate, br' });
    expect(br.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(br.body).toString()).toBe(SCRIPT);
    const gzip = await ask(asset, { 'accept-encoding': 'gzip, br;q=0' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
    const plain = await ask(asset);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(SCRIPT);
    for (const { headers } of [br, gzip, plain]) {
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
      expect(headers.vary).toBe('Accept-Encoding');
    }
    expect(new Set([br, gzip, plain].map(({ headers }) => headers.etag)).size).toBe(3);
  });

  it('are left alone where they are older than the file', async () => {
    const answer = await ask('/stale.js', { 'accept-encoding': 'br' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body.toString()).toBe(SCRIPT);
  });

  it('have their length told, and nothing sent, when only the head is asked for', async () => {
    const headers = { 'accept-encoding': 'br' };
    const [head, full] = [await ask(asset, headers, 'HEAD'), await ask(asset, headers)];
    expect(head.status).toBe(200);
    expect(head.body.length).toBe(0);
    expect(head.headers['content-length']).toBe(String(full.body.length));
    expect(head.headers.etag).toBe(full.headers.etag);
  });
});

describe('caching', () => {
  it('is for ever where the address has a hash, and asks again elsewhere', async () => {
    const cached = async (path: string) => (await ask(path)).headers['cache-control'];
    expect(await cached('/assets/app-1a2b.js')).toBe('public, max-age=31536000, immutable');
    expect(await cached('/')).toBe('no-cache');
    expect(await cached('/kernel.wasm')).toBe('no-cache');
    const version = (await new PageFiles(join(folder, 'page')).find('kernel.wasm'))?.version ?? '';
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(await cached(`/kernel.wasm?v=${version}`)).toContain('immutable');
    expect(await cached('/kernel.wasm?v=0123456789abcdef')).toBe('no-cache');
  });

  it('is confirmed by 304 while the content is the same, whenever it was written', async () => {
    const { etag = '' } = (await ask('/kernel.wasm')).headers;
    const again = await ask('/kernel.wasm', { 'if-none-match': etag });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
    const file = join(folder, 'page', 'kernel.wasm');
    await utimes(file, 1, 1);
    expect((await ask('/kernel.wasm', { 'if-none-match': `"x", W/${etag}` })).status).toBe(304);
    // Of the same size, and the same second.
    await writeFile(file, new Uint8Array([1, ...KERNEL.slice(1)]));
    expect((await ask('/kernel.wasm', { 'if-none-match': etag })).status).toBe(200);
    await writeFile(file, KERNEL);
  });
});

describe('a part of a file', () => {
  it('is sent when asked for, as long as it is there', async () => {
    const part = await ask('/kernel.wasm', { range: 'bytes=1-3' });
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe('bytes 1-3/8');
    expect([...part.body]).toEqual([0x61, 0x73, 0x6d]);
    const { etag = '' } = part.headers;
    expect((await ask('/kernel.wasm', { range: 'bytes=1-3', 'if-range': etag })).status).toBe(206);
    expect((await ask('/kernel.wasm', { range: 'bytes=1-3', 'if-range': '"other"' })).status).toBe(200);
  });

  it('that is not there is 416 with the length, and no header of the file', async () => {
    const { status, headers } = await ask('/assets/app-1a2b.js', {
      range: 'bytes=99999-',
      'accept-encoding': 'br',
    });
    expect(status).toBe(416);
    expect(headers['content-range']).toMatch(/^bytes \*\/\d+$/);
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['cache-control'] ?? '').not.toContain('immutable');
  });
});

describe('addresses', () => {
  it('lead nowhere but to files of the page', async () => {
    const outside = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/../../secret.txt',
      '/assets/..%5c..%5csecret.txt',
      '//secret.txt',
      '/.hidden',
      '/%2ehidden',
      '/assets',
      '/assets/',
      '/index.html/',
      '/nothing.js',
      '/kernel.wasm%00.js',
      '/%E0%A4%A',
      '/%',
    ];
    for (const path of outside) expect((await ask(path)).status, path).toBe(404);
    expect((await ask('/%6bernel.wasm')).status).toBe(200);
    expect((await ask('/', {}, 'POST')).status).toBe(404);
  });

  it('name the index of a folder, and nothing that a file system may misread', () => {
    expect(pagePath('/')).toBe('index.html');
    expect(pagePath('/examples/chat/')).toBe('examples/chat/index.html');
    expect(pagePath('/a b/c-1.2.js')).toBe('a b/c-1.2.js');
    for (const path of ['', 'x', '/C:/x', '/a\\b', '/a\nb', '/~', '/-x/../y', '/..']) {
      expect(pagePath(path), JSON.stringify(path)).toBeUndefined();
    }
  });
});
