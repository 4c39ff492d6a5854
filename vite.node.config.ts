import { existsSync } from 'node:fs';
import { defineConfig } from 'vite';

// The terminal: one entry for the command, one for its render workers. Dependencies stay external.
const entries = {
  cli: 'src/cli/main.ts',
  'render-thread-worker': 'src/cli/render-thread-worker.ts',
};

export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist/node',
    target: 'node20',
    sourcemap: true,
    emptyOutDir: true,
    rollupOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
      output: { entryFileNames: '[name].js' },
    },
  },
});
