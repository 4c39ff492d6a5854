/**
 * A project of somebody else's that has installed the package: `npm pack`, unpacked where npm would put it. Its dependencies are links to
 * those of this project, because a test must not need the network.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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

/** Needs a build. The project's files are the folder `examples/`. */
export async function scratchProject(): Promise<ScratchProject> {
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-library-'));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'leafcutter'), { recursive: true });
  for (const name of await readdir(join(projectFolder, 'node_modules'))) {
    if (name.startsWith('.') || name === 'leafcutter') continue;
    await symlink(join(projectFolder, 'node_modules', name), join(modules, name));
  }
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: projectFolder,
    maxBuffer: 64 * 1024 * 1024,
  });
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
  if (!packed) throw new Error('npm packed nothing');
  const into = ['-C', join(modules, 'leafcutter'), '--strip-components=1'];
  await run('tar', ['-xzf', join(folder, packed.filename), ...into]);
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
