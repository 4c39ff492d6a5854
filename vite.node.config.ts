import { defineConfig } from 'vite';

// The terminal: one entry for the command, one for its render workers. Dependencies stay external.
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist/node',
    target: 'node20',
    sourcemap: true,
    emptyOutDir: true,
    rollupOptions: {
      input: { cli: 'src/cli/main.ts', 'render-thread-worker': 'src/cli/render-thread-worker.ts' },
      output: { entryFileNames: '[name].js' },
    },
  },
});
