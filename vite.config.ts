import { defineConfig } from 'vitest/config';

// The page. `public/generated/` (kernel, samples, environments) is made by `npm run build:kernel build:assets`.
export default defineConfig({
  build: {
    outDir: 'dist/page',
    target: 'es2023',
    sourcemap: true,
    // Every browser that has WebAssembly SIMD preloads modules by itself.
    modulePreload: { polyfill: false },
    // Files, not data: addresses: the policy of signaling/headers.ts then needs no exception for them.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  worker: { format: 'es' },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'signaling/**/*.test.ts', 'sim/**/*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
  },
});
