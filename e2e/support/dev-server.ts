/** Serves source files to the browser as they are, for harness pages that must never be part of the built page. */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

export interface DevServer {
  /** Ends in a slash; paths below it are paths of the project. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param entries harness pages, so that their dependencies are bundled before the first of them loads.
 * @param host the address it listens on
 */
export async function startDevServer(entries: readonly string[], host = '127.0.0.1'): Promise<DevServer> {
  const vite = await createServer({
    configFile: false,
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logLevel: 'error',
    cacheDir: 'node_modules/.vite-harness',
    optimizeDeps: { entries: [...entries] },
    server: { host, port: 0, hmr: false, watch: null },
  });
  await vite.listen();
  const url = vite.resolvedUrls?.local[0] ?? vite.resolvedUrls?.network[0];
  if (!url) throw new Error('the harness server has no address');
  return { url, close: () => vite.close() };
}
