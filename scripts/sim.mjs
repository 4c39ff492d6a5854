// npm run sim -- --scenario NAME [--nodes N] [--seeds A..B] [--trace] [--json]; --help tells the rest.
//
// The simulator is TypeScript and imports the sources as they are, through Vite's module runner.
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

const vite = await createServer({
  configFile: false,
  root: fileURLToPath(new URL('..', import.meta.url)),
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true, include: [] },
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
});
const runner = createServerModuleRunner(vite.environments.ssr, { hmr: false });
try {
  const { main } = await runner.import('/sim/main.ts');
  const { meshStateMaker } = await runner.import('/sim/mesh-state-maker.ts');
  const output = {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
  };
  process.exitCode = await main(process.argv.slice(2), output, meshStateMaker);
} catch (error) {
  process.stderr.write(`sim: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env.DEBUG) process.stderr.write(`${error?.stack}\n`);
  process.exitCode = 1;
} finally {
  await runner.close();
  await vite.close();
}
