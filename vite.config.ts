import { createLogger } from 'vite';
import { defineConfig } from 'vitest/config';
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

const MESH = /\/src\/(?:mesh|transport|wire|runtime)\/|\/node_modules\/(?:@noble|peerjs)\//;

// The page. `public/generated/` (kernel, samples, environments) is made by `npm run build:kernel build:assets`.
export default defineConfig({
  customLogger,
  plugins: [pageBuild(), peerJsParts()],
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
      output: {
        codeSplitting: {
          // The mesh is one file: most builds leave it as it is, and a browser keeps it.
          groups: [{ name: 'mesh', test: MESH, includeDependenciesRecursively: false }],
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
    testTimeout: 30_000,
  },
});
