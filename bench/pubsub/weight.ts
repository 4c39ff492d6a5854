/** What a page loads more for a Broker, beside the official client's core without a socket: both bundled alike, minified, gzip. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

export interface Weight {
  readonly brokerKib: number;
  readonly natsCoreKib: number;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Who has a mesh has these. */
const IN_THE_MESH = /^\.\.\/.*\/(mesh|runtime|wire)\/index\.ts$/;

export async function measureWeight(): Promise<Weight> {
  return {
    brokerKib: await bundledKib(`${ROOT}src/services/pubsub/index.ts`, 'createBroker, PubSub'),
    natsCoreKib: await bundledKib('@nats-io/nats-core', 'wsconnect'),
  };
}

export function weightLines({ brokerKib, natsCoreKib }: Weight): string[] {
  const ratio = (brokerKib / natsCoreKib).toFixed(2);
  return [
    `page weight, gzip: Broker with its client ${brokerKib.toFixed(1)} KiB, nats-core ${natsCoreKib.toFixed(1)} KiB, x nats-core ${ratio}`,
  ];
}

/** @param names what a program imports that uses it */
async function bundledKib(entry: string, names: string): Promise<number> {
  const entryName = '\0entry';
  const built = await build({
    ...{ configFile: false, root: ROOT, logLevel: 'silent', publicDir: false },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entryName ? id : undefined),
        load: (id) => (id === entryName ? `export { ${names} } from ${JSON.stringify(entry)};` : undefined),
      },
    ],
    build: {
      ...{ write: false, target: 'es2022', minify: true },
      rollupOptions: {
        input: entryName,
        external: IN_THE_MESH,
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const outputs = [built].flat().flatMap((each) => ('output' in each ? each.output : []));
  const code = outputs.map((each) => (each.type === 'chunk' ? each.code : '')).join('');
  return gzipSync(code, { level: 9 }).length / 1024;
}
