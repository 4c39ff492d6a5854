/** Pages of tests and benches, bundled once and served as files: nothing of them is made while a browser waits for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { endProcess, HERE, type Place, printedUrl, startNode } from './node-process.ts';

const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

export interface HarnessPages {
  /** Ends in a slash; paths below it are paths of the project. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param page an HTML file, as a path of the project. @param place where it is served */
export async function serveHarness(page: string, place: Place = HERE): Promise<HarnessPages> {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-harness-'));
  await build({
    configFile: false,
    root: projectFolder,
    base: './',
    publicDir: false,
    logLevel: 'error',
    build: {
      outDir: join(folder, 'dist'),
      target: 'es2023',
      // Tests are told classes by their names.
      minify: false,
      modulePreload: { polyfill: false },
      rollupOptions: { input: join(projectFolder, page) },
    },
    worker: { format: 'es' },
  });
  const vite = join(projectFolder, 'node_modules/vite/bin/vite.js');
  const server = startNode(place, [vite, 'preview', folder, '--host', place.host, '--port', '0']);
  return {
    url: await printedUrl(server),
    async close() {
      await endProcess(server, 'SIGKILL');
      await rm(folder, { recursive: true });
    },
  };
}
