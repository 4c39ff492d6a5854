import { existsSync } from 'node:fs';
import { defineConfig } from 'vite';

// The terminal: one entry for the command, one for each kind of thread. Dependencies stay external, but for PeerJS, whose CommonJS
// for Node has no names that a module could import.
const entries = {
  cli: 'src/cli/main.ts',
  'render-thread-worker': 'src/cli/render-thread-worker.ts',
  'read-thread-worker': 'src/cli/read-thread-worker.ts',
};

export default defineConfig({
  publicDir: false,
  ssr: { noExternal: ['peerjs'] },
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
