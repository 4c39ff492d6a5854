#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = new URL('../dist/node/cli.js', import.meta.url);
if (existsSync(fileURLToPath(entry))) {
  await import(entry.href);
} else {
  console.error('leafcutter: not built yet. Run `npm install && npm run build` in the project folder first.');
  process.exitCode = 1;
}
