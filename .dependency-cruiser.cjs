/**
 * Arrows go down only (docs/architecture.md). Each layer lists the folders it may import from;
 * anything else, any cycle, and any import past a folder's public face fails `npm test`.
 */
const layers = [
  { from: '^src/runtime/', may: ['^src/runtime/'] },
  { from: '^src/wire/', may: ['^src/(wire|runtime)/'] },
  { from: '^src/transport/(?!simulated|peerjs|headless)', may: ['^src/(transport|wire|runtime)/'] },
  { from: '^src/transport/peerjs/', may: ['^src/transport/(peerjs/|[^/]+$)', '^src/(wire|runtime)/'] },
  {
    from: '^src/transport/headless/',
    may: ['^src/transport/(headless/|[^/]+$)', '^src/transport/peerjs/index\\.ts$', '^src/(wire|runtime)/'],
  },
  { from: '^src/transport/simulated/', may: ['^src/transport/(simulated/|[^/]+$)', '^src/(wire|runtime)/'] },
  { from: '^src/mesh/', may: ['^src/(mesh|transport|wire|runtime)/'] },
  { from: '^src/services/', may: ['^src/(services|mesh|wire|runtime)/'] },
  { from: '^src/farm/', may: ['^src/(farm|services|mesh|wire|runtime)/'] },
  { from: '^src/render/', may: ['^src/(render|farm|services|mesh|wire|runtime)/'] },
  { from: '^src/compute/', may: ['^src/(compute|farm|services|mesh|wire|runtime)/'] },
  { from: '^src/door/', may: ['^src/(door|services|mesh|transport|wire|runtime)/'] },
  {
    from: '^src/library/',
    may: [
      '^src/(library|render|compute|farm|services|mesh|transport|wire|runtime)/',
      '^src/door/index\\.browser\\.ts$',
    ],
  },
  { from: '^src/app/', may: ['^src/(app|render|compute|farm|services|mesh|transport|wire|runtime)/'] },
  {
    from: '^src/cli/',
    may: ['^src/(cli|door|library|render|compute|farm|services|mesh|transport|wire|runtime)/', '^signaling/'],
  },
  { from: '^signaling/', may: ['^signaling/', '^src/(wire|runtime)/'] },
];

/** Folders whose index.ts is all that others may know. */
const faces = [
  'src/runtime',
  'src/wire',
  'src/transport/peerjs',
  'src/transport/headless',
  'src/transport/simulated',
  'src/mesh',
  'src/library',
  'src/door',
  'src/services/blobs',
  'src/services/disk',
  'src/services/pubsub',
  'src/services/rooms',
  'src/farm',
  'src/compute',
  'src/render/scene',
  'src/render/kernel',
  'src/render/film',
  'src/render/job',
  'src/render/output',
  'signaling',
];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    // What some peers need is installed apart, where somebody wants to compare.
    {
      name: 'no-unresolved',
      severity: 'error',
      from: { pathNot: '^bench/(gossipsub|rooms/tabs)/' },
      to: { couldNotResolve: true },
    },
    ...layers.map(({ from, may }) => ({
      name: `arrows-go-down ${from}`,
      severity: 'error',
      from: { path: from, pathNot: '\\.test\\.tsx?$' },
      to: { path: '^(src|signaling|sim|bench|e2e)/', pathNot: may },
    })),
    ...faces.map((folder) => ({
      name: `only-through-its-face ${folder}`,
      comment: `Outside ${folder} only its index.ts may be imported.`,
      severity: 'error',
      from: { pathNot: `^${folder}/|\\.(test|testing)\\.ts$|/(testing|test-[a-z-]+)\\.ts$|^bench/|^sim/` },
      to: {
        path: `^${folder}/`,
        pathNot: `^${folder}/(index\\.ts|index\\.(rooms\\.)?(node|browser)\\.ts|index\\.(curve|ice|news|page)\\.ts|.*-worker\\.ts|.*\\.css)$`,
      },
    })),
    {
      name: 'protocols-are-pure',
      comment: 'The mesh runs the same in the simulator: no PeerJS and no DOM library in it.',
      severity: 'error',
      from: { path: '^src/(mesh|wire|farm|services/rooms)/' },
      to: { path: 'node_modules/(peerjs|node-datachannel|preact|three|comlink|ws)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/(render/kernel|mesh/identity/curve)/assembly/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
