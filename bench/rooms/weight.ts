/** What a page carries for something, gzipped: bundled and minified as pages are, with as much of PeerJS as the library ships (vite.library.config.ts). */
import { gzipSync } from 'node:zlib';
import { build, loadConfigFromFile } from 'vite';

const ENTRY = 'virtual:entry';

/** @param code of a module that uses it */
export async function gzippedBytes(code: string): Promise<number> {
  const library = await loadConfigFromFile(
    { command: 'build', mode: 'production' },
    'vite.library.config.ts',
  );
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      library?.config.plugins,
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? `\0${ENTRY}` : undefined),
        load: (id) => (id === `\0${ENTRY}` ? code : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2023',
      rollupOptions: { input: ENTRY, preserveEntrySignatures: 'strict' },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  let bytes = 0;
  for (const one of outputs) {
    if (!('output' in one)) continue;
    for (const chunk of one.output) if (chunk.type === 'chunk') bytes += gzipSync(chunk.code).length;
  }
  return bytes;
}
