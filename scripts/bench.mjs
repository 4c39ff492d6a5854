// npm run bench -- NAME [--json] [flags of that bench]
//
// A bench is a file bench/NAME.ts with `summary`, one line for the list below, `flags`, each as it is written (`--rounds N`,
// `--backplane`), and `run(args)`, which resolves to `{ table, json }`: what people read and what programs read. What it needs beside it lives in bench/NAME/. The files are
// TypeScript and import the sources as they are, through Vite's module runner.
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner, runnerImport } from 'vite';

const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const isJson = process.argv.includes('--json');
const args = process.argv.slice(2).filter((arg) => arg !== '--json');
const name = args[0]?.startsWith('-') ? undefined : args.shift();

const files = await readdir(new URL('../bench/', import.meta.url)).catch(() => []);
const names = files
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))
  .sort();

function fail(text) {
  console.error(`bench: ${text}`);
  process.exitCode = 1;
}

async function printHelp(load) {
  console.log('npm run bench -- NAME [--json] [flags]\n');
  for (const each of names) {
    const { summary = '', flags = [] } = await load(each).catch((error) => ({
      summary: `(does not load: ${error.message})`,
    }));
    console.log(`  ${each.padEnd(12)} ${summary}`);
    if (flags.length > 0) console.log(`${' '.repeat(15)}${flags.map((flag) => `[${flag}]`).join(' ')}`);
  }
  console.log('\n--json prints one line of JSON instead of the table.');
}

/** What is wrong with the arguments, undefined when nothing is. */
function misuse(flags) {
  for (let i = 0; i < args.length; i++) {
    const known = flags.find((flag) => flag.split(' ')[0] === args[i]);
    if (known === undefined) {
      return `${name} has no "${args[i]}"; it takes ${['--json', ...flags].join(', ')}`;
    }
    if (!known.includes(' ')) continue;
    i++;
    if (args[i] === undefined || args[i].startsWith('--')) return `write ${known}`;
  }
  return undefined;
}

async function main(load) {
  if (args.includes('--help') || args.includes('-h')) return printHelp(load);
  if (name === undefined) return fail(`which one? There are: ${names.join(', ')}`);
  if (!names.includes(name)) return fail(`there is no bench "${name}". There are: ${names.join(', ')}`);
  // Standard output belongs to the one line of JSON: what a bench says on the way goes to the other stream.
  if (isJson) console.log = console.error;
  const { run, flags = [] } = await load(name);
  const mistake = misuse(flags);
  if (mistake !== undefined) return fail(mistake);
  const { table, json } = await run(args);
  process.stdout.write(`${isJson ? JSON.stringify(json) : table}\n`);
}

const { module: ours } = await runnerImport(fileURLToPath(new URL('bound-imports.ts', import.meta.url)));
const vite = await createServer({
  configFile: false,
  plugins: [ours.boundImports()],
  root: projectFolder,
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true, include: [] },
  // CommonJS for Node, modules for bundlers: as the terminal's build has it.
  ssr: { noExternal: ['peerjs'] },
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
});
const runner = createServerModuleRunner(vite.environments.ssr, { hmr: false });
try {
  await main((each) => runner.import(`/bench/${each}.ts`));
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
  if (process.env.DEBUG) console.error(error);
} finally {
  await runner.close();
  await vite.close();
}
