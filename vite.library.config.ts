import { defineConfig, type Plugin } from 'vite';
import manifest from './package.json' with { type: 'json' };
import { peerJsParts } from './scripts/peerjs-parts.ts';

/**
 * The library: every source file that its faces reach, as a module of its own, for pages and Node alike, so that whoever bundles an
 * application takes only what it uses. Dependencies stay imports, but for PeerJS: pages would carry what it brings along for
 * browsers of ten years ago, and Node cannot import names from its CommonJS.
 */
const PEERJS = ['peerjs', 'peerjs-js-binarypack', '@msgpack/msgpack', 'eventemitter3', 'webrtc-adapter'];
const WORKERS = [
  'transport/peerjs/probe-worker',
  'render/job/render-worker',
  'render/scene/read-scene-worker',
  'render/scene/environment/read-environment-worker',
];
const FACES = [
  'index',
  'index.node',
  'index.mesh',
  'index.blobs',
  'index.pubsub',
  'index.nats',
  'index.farm',
  'index.compute',
  'index.render',
  'index.rooms',
  'index.rooms.node',
  'index.yjs',
  'index.automerge',
];

const { dependencies, peerDependencies } = manifest;
const external = Object.keys({ ...dependencies, ...peerDependencies }).filter(
  (name) => !PEERJS.includes(name),
);

/** Bundlers find a worker by the address in the source, which names the file as it was. */
const workerAddresses: Plugin = {
  name: 'leafcutter-worker-addresses',
  renderChunk: (code) => code.replace(/(new Worker\(new URL\("\.\/[\w-]+-worker)\.ts"/g, '$1.js"'),
};

export default defineConfig({
  publicDir: false,
  plugins: [workerAddresses, peerJsParts()],
  ssr: { noExternal: PEERJS },
  build: {
    ssr: true,
    outDir: 'dist/library',
    target: 'es2023',
    minify: false,
    rollupOptions: {
      // Numbers of other modules where they are used: a bundler that comes after does not do that.
      optimization: { inlineConst: { mode: 'all', pass: 4 } },
      input: [...FACES.map((name) => `library/${name}`), ...WORKERS].map((name) => `src/${name}.ts`),
      external: (id) =>
        id.endsWith('?url') || external.some((name) => id === name || id.startsWith(`${name}/`)),
      output: {
        preserveModules: true,
        preserveModulesRoot: 'src',
        entryFileNames: ({ name }) => `${name.replace(/^.*node_modules/, 'vendor')}.js`,
      },
    },
  },
});
