// npm run sim -- --scenario NAME [--nodes N] [--seeds A..B] [--trace] [--json]; --help tells the rest.
//
// The simulator is TypeScript. It is bundled first, which takes a third of a second: modules run one by one reach each other
// through getters, and a simulation of a thousand Nodes takes a fifth longer for them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What sim/main.ts and sim/mesh-state-maker.ts export. */
async function load() {
  const outDir = await mkdtemp(join(tmpdir(), 'leafcutter-sim-'));
  try {
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      publicDir: false,
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir,
        emptyOutDir: true,
        target: 'node20',
        minify: false,
        sourcemap: 'inline',
        rollupOptions: {
          input: { main: join(root, 'sim/main.ts'), maker: join(root, 'sim/mesh-state-maker.ts') },
          output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
        },
      },
    });
    const imported = ['main.mjs', 'maker.mjs'].map((file) => import(pathToFileURL(join(outDir, file)).href));
    const [{ main }, { meshStateMaker }] = await Promise.all(imported);
    return { main, meshStateMaker };
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

process.setSourceMapsEnabled(true);
// Whoever read is gone (`| head`): the same end as the terminal's commands have, 128 + SIGHUP.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(129);
});
try {
  const { main, meshStateMaker } = await load();
  const output = {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
  };
  process.exitCode = await main(process.argv.slice(2), output, meshStateMaker);
} catch (error) {
  process.stderr.write(`sim: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.DEBUG) process.stderr.write(`${error?.stack}\n`);
  process.exitCode = 1;
}
