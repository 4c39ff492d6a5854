// Makes public/generated/samples and public/generated/environments with the code in src/render/scene/assets.
// Takes some seconds, so it does nothing where the files are newer than everything they are made from.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createServer } from 'vite';

const sources = ['scripts/build-assets.mjs', 'package-lock.json'];
for (const folder of ['src/render/scene', 'src/render/output', 'src/runtime']) {
  for (const file of readdirSync(folder, { recursive: true })) sources.push(join(folder, String(file)));
}
const changed = Math.max(...sources.map((path) => statSync(path).mtimeMs));

// Vite only as the loader of TypeScript: it must stay open while the makers import their decoders.
const vite = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  publicDir: false,
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, ws: false, watch: null },
});
try {
  const { builtinAssets } = await vite.ssrLoadModule('/src/render/scene/assets/index.ts');
  for (const [path, make] of builtinAssets()) {
    const target = join('public', path);
    if (existsSync(target) && statSync(target).mtimeMs > changed) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, await make());
  }
} finally {
  await vite.close();
}
