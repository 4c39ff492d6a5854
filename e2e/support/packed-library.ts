/**
 * A project of somebody else's that has installed the package: `npm pack`, unpacked where npm would put it. Its dependencies are links to
 * those of this project, because a test must not need the network.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from '@playwright/test';
import { build, preview } from 'vite';

const run = promisify(execFile);
const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

export interface ScratchProject {
  readonly folder: string;
  /** Bundles pages of the project (paths of HTML files) with Vite, as its author would. @returns the folder of the bundle */
  bundle(pages: readonly string[]): Promise<string>;
  /** Serves a bundle. @returns the address, ending in a slash, and the end of it */
  serve(bundle: string): Promise<{ readonly url: string; close(): Promise<void> }>;
  remove(): Promise<void>;
}

/** The package, as the first of Playwright's processes that needs it makes it: its folder is emptied when a run begins. */
async function archive(): Promise<string> {
  const folder = join(test.info().project.outputDir, 'packed');
  const name = join(folder, 'leafcutter.tgz');
  if (existsSync(name)) return name;
  const own = join(folder, String(process.pid));
  await mkdir(own, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', own], {
    cwd: projectFolder,
    maxBuffer: 64 * 1024 * 1024,
  });
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
  if (!packed) throw new Error('npm packed nothing');
  await rename(join(own, packed.filename), name);
  return name;
}

/** Needs a build. The project's files are the folder `examples/`. */
export async function scratchProject(): Promise<ScratchProject> {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-library-'));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'leafcutter'), { recursive: true });
  for (const name of await readdir(join(projectFolder, 'node_modules'))) {
    if (name.startsWith('.') || name === 'leafcutter') continue;
    await symlink(join(projectFolder, 'node_modules', name), join(modules, name));
  }
  const into = ['-C', join(modules, 'leafcutter'), '--strip-components=1'];
  await run('tar', ['-xzf', await archive(), ...into]);
  await writeFile(join(folder, 'package.json'), '{ "name": "scratch", "type": "module", "private": true }');
  await cp(join(projectFolder, 'examples'), join(folder, 'examples'), { recursive: true });
  let bundles = 0;
  return {
    folder,
    async bundle(pages) {
      const outDir = join(folder, `bundle-${++bundles}`);
      await build({
        configFile: false,
        root: folder,
        logLevel: 'error',
        build: {
          outDir,
          target: 'es2023',
          modulePreload: { polyfill: false },
          rollupOptions: { input: pages.map((page) => join(folder, page)) },
        },
        worker: { format: 'es' },
      });
      return outDir;
    },
    async serve(bundle) {
      const server = await preview({
        configFile: false,
        root: folder,
        logLevel: 'error',
        build: { outDir: bundle },
        preview: { host: '127.0.0.1', port: 0 },
      });
      const url = server.resolvedUrls?.local[0];
      if (!url) throw new Error('the bundle has no address');
      return { url, close: () => server.close() };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
