import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import common from './playwright.config.ts';

// What takes many minutes of real time, in a headed Chromium, or packages that `npm test` does not ask for: `npm run e2e:long`, with Debian's
// `xvfb` where there is no screen.
export default defineConfig({
  ...common,
  testMatch: '**/*.spec.ts',
  testIgnore: [],
  grepInvert: [],
  // What lies in e2e/long, and what is proven elsewhere as well.
  grep: /^\S* ?long\/|@long/,
  timeout: 15 * 60_000,
  // Other runs meanwhile empty the usual folder.
  outputDir: join(tmpdir(), 'leafcutter-e2e-long'),
});
