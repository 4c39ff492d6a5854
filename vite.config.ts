import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createLogger } from 'vite';
import { defineConfig } from 'vitest/config';
import type { TestSequencer, TestSpecification, Vitest } from 'vitest/node';
import { boundImports } from './scripts/bound-imports.ts';
import { pageBuild } from './scripts/page-build.ts';
import { peerJsParts } from './scripts/peerjs-parts.ts';

/**
 * Warnings that say what is meant to be: libraries that also run in Node name its modules, which no browser path of theirs
 * touches; comlink is loaded lazily where a terminal must not load it; the workers share chunks; a busy machine is slow; boot.js is
 * old JavaScript on purpose.
 */
const EXPECTED =
  /externalized for browser compatibility|INEFFECTIVE_DYNAMIC_IMPORT.*comlink|overwrites a previously emitted file|PLUGIN_TIMINGS|boot\.js.*can't be bundled/;
const customLogger = createLogger('warn');
const { warn } = customLogger;
customLogger.warn = (text, options) => {
  if (!EXPECTED.test(text)) warn(text, options);
};

// Signatures in WebAssembly come with others (mesh/index.curve.ts).
const MESH =
  /\/src\/(?:mesh\/(?!index\.curve|identity\/curve\/)|(?:transport|wire|runtime)\/)|\/node_modules\/peerjs\//;

const sourceOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Whether `open-page.tsx` imports it, directly or not, and the entry does not. */
function isOnlyOfPage(
  id: string,
  infoOf: (id: string) => { readonly importedIds: readonly string[] } | null,
) {
  const reached = (from: string): ReadonlySet<string> => {
    const found = new Set([sourceOf(from)]);
    for (const one of found) for (const next of infoOf(one)?.importedIds ?? []) found.add(next);
    return found;
  };
  return reached('src/app/open-page.tsx').has(id) && !reached('src/app/main.tsx').has(id);
}

/** The longest first, or all wait for it at the end: simulations, and of what is left the largest files. */
class LongestFirst implements TestSequencer {
  readonly #shard: { readonly index: number; readonly count: number } | undefined;

  constructor({ config }: Vitest) {
    this.#shard = config.shard;
  }

  async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSimulation = ({ moduleId }: TestSpecification): boolean => moduleId.startsWith(sourceOf('sim/'));
    const size = ({ moduleId }: TestSpecification): number => statSync(moduleId).size;
    const bySize = files.toSorted((a, b) => size(b) - size(a));
    return [...bySize.filter(isSimulation), ...bySize.filter((file) => !isSimulation(file))];
  }

  /** Large and small ones alike. */
  async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { index, count } = this.#shard ?? { index: 1, count: 1 };
    return (await this.sort(files)).filter((_, i) => i % count === index - 1);
  }
}

// The page. `public/generated/` (kernel, samples, environments) is made by `npm run build:kernel build:assets`.
export default defineConfig({
  customLogger,
  plugins: [pageBuild(), peerJsParts(), ...('VITEST' in process.env ? [boundImports()] : [])],
  // Relative addresses everywhere: the page does not know the folder that a proxy puts it in.
  base: './',
  build: {
    outDir: 'dist/page',
    target: 'es2023',
    sourcemap: true,
    // Every browser that has WebAssembly SIMD preloads modules by itself.
    modulePreload: { polyfill: false },
    // Files, not data: addresses: the policy of signaling/headers.ts then needs no exception for them.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      // Numbers and texts of other modules where they are used, whatever they are used for: their names are gone then.
      optimization: { inlineConst: { mode: 'all', pass: 4 } },
      output: {
        codeSplitting: {
          groups: [
            // The mesh is one file: most builds leave it as it is, and a browser keeps it.
            { name: 'mesh', test: MESH, includeDependenciesRecursively: false, priority: 1 },
            // What the page shares with its parts that come later would be dozens of small files: a request costs more than they do.
            {
              name: (id, modules) =>
                isOnlyOfPage(id, (one) => modules.getModuleInfo(one)) ? 'open-page' : null,
              debugName: 'open-page',
              includeDependenciesRecursively: false,
            },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  test: {
    include: [
      'src/**/*.test.{ts,tsx}',
      'signaling/**/*.test.ts',
      'sim/**/*.test.ts',
      'scripts/**/*.test.mjs',
    ],
    environment: 'node',
    // For machines that are busy: what is measured in a test is virtual time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    sequence: { sequencer: LongestFirst },
    // Half as many more than cores: those that wait for sockets and for programs that they have started leave theirs to others.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    // Files share a process and what they import: it takes a third of the processor time off the many small ones.
    pool: 'forks',
    isolate: false,
    // Simulations make objects that live for a moment: collections every few milliseconds are a sixth of their time (sim/campaign.ts).
    execArgv: ['--max-semi-space-size=64'],
    setupFiles: ['src/runtime/each-file.testing.ts'],
  },
});
