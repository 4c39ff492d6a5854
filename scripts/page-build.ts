/**
 * What the page's build does beyond Vite's own: files of `public/` get their version into their address, every file that compresses gets
 * its compressed forms beside it, and the service worker is built with the list of all files, which is also left as `page-files.json`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Plugin, type Rolldown } from 'vite';
import type { BuildFile, BuildFiles } from '../src/app/offline/build-files.ts';

/** The entry loads it first of all. */
const NEXT_MODULE = /\/src\/app\/open-page\.tsx$/;
const SERVICE_WORKER = 'service-worker';
/** Not for the page: debuggers ask for them, and they outweigh everything else. */
const SOURCE_MAP = /\.map$/;
const COMPRESSED = /\.(?:br|gz)$/;
/** A packet holds more than this; smaller files gain nothing. */
const MIN_COMPRESSED_BYTES = 1_024;
/** What saves less is not worth a second file. */
const MAX_COMPRESSED_SHARE = 0.95;
/** The highest quality takes fifteen times as long as this: seconds for each of the sample scenes that are larger than so much. */
const QUICK_BROTLI_QUALITY = 9;
const MIN_QUICK_BYTES = 1024 * 1024;
/** As signaling/page-files.ts has them. */
const VERSION_DIGITS = 16;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

export function pageBuild(): Plugin {
  const versions = publicVersions('public');
  let outDir = '';
  return {
    name: 'leafcutter-page-build',
    config: () => ({ define: { __PAGE_FILE_VERSIONS__: JSON.stringify(versions) } }),
    configResolved(config) {
      outDir = config.build.outDir;
    },
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) =>
        html
          .replace('src="boot.js"', `$& data-next="${nextChunks(Object.values(bundle)).join(' ')}"`)
          .replaceAll(/(?<=(?:src|href)=")[\w./-]+(?=")/g, (path) => {
            const version = versions[path.replace(/^\.?\//, '')];
            return version === undefined ? path : `${path}?v=${version}`;
          }),
    },
    closeBundle: {
      order: 'post',
      async handler() {
        if (!outDir || !existsSync(join(outDir, 'index.html'))) return;
        const list = buildFiles(outDir, versions);
        writeFileSync(join(outDir, 'page-files.json'), JSON.stringify(list.files.map(({ url }) => url)));
        await buildServiceWorker(outDir, list);
        await Promise.all(filesOf(outDir).map((path) => compress(join(outDir, path))));
      },
    },
  };
}

/** Files of the chunk that the entry loads, and of all that it cannot begin without; not the entry, which the page names itself. */
function nextChunks(bundle: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[]): readonly string[] {
  const chunks = new Map(bundle.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])));
  const next = [...chunks.values()].find(({ moduleIds }) => moduleIds.some((id) => NEXT_MODULE.test(id)));
  const found = new Set(next ? [next.fileName] : []);
  for (const fileName of found) {
    for (const imported of chunks.get(fileName)?.imports ?? []) {
      if (!chunks.get(imported)?.isEntry) found.add(imported);
    }
  }
  return [...found];
}

function publicVersions(folder: string): Record<string, string> {
  return Object.fromEntries(
    filesOf(folder).map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex')
        .slice(0, VERSION_DIGITS),
    ]),
  );
}

/** Paths below the folder with plain slashes, in a fixed order. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter(
      (path) => statSync(join(folder, path)).isFile() && !COMPRESSED.test(path) && !SOURCE_MAP.test(path),
    )
    .sort();
}

function buildFiles(folder: string, versions: Readonly<Record<string, string>>): BuildFiles {
  const own: readonly string[] = ['index.html', 'page-files.json', `${SERVICE_WORKER}.js`];
  const integrity = (path: string): string =>
    `sha256-${createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('base64')}`;
  const files: BuildFile[] = [{ url: './', integrity: integrity('index.html') }];
  for (const path of filesOf(folder)) {
    if (own.includes(path)) continue;
    const version = versions[path];
    files.push({ url: version ? `${path}?v=${version}` : path, integrity: integrity(path) });
  }
  const id = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, VERSION_DIGITS);
  return { id, files };
}

async function buildServiceWorker(outDir: string, list: BuildFiles): Promise<void> {
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { __BUILD_FILES__: JSON.stringify(list) },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2023',
      rollupOptions: {
        input: { [SERVICE_WORKER]: 'src/app/offline/service-worker.ts' },
        output: { format: 'iife', entryFileNames: '[name].js' },
      },
    },
  });
}

async function compress(file: string): Promise<void> {
  const bytes = readFileSync(file);
  if (bytes.length < MIN_COMPRESSED_BYTES) return;
  const isWorthIt = ({ length }: Buffer): boolean => length < MAX_COMPRESSED_SHARE * bytes.length;
  const gz = await gzipped(bytes, { level: constants.Z_BEST_COMPRESSION });
  // Compressed as it is, an environment for one; brotli would take its time to find that out.
  if (!isWorthIt(gz)) return;
  const quality = bytes.length > MIN_QUICK_BYTES ? QUICK_BROTLI_QUALITY : constants.BROTLI_MAX_QUALITY;
  const br = await brotli(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  await writeFile(`${file}.gz`, gz);
  if (isWorthIt(br)) await writeFile(`${file}.br`, br);
}
