/** What a page needs before a scene is opened. */
export {
  BUILTIN_ENVIRONMENTS,
  BUILTIN_SAMPLES,
  type BuiltinAsset,
  type BuiltinSample,
  loadBuiltinEnvironment,
  loadBuiltinSample,
} from './builtin.ts';
export { drawnTriangles } from './drawn-triangles.ts';
export { readEnvironmentInWorker } from './environment/read-environment-in-worker.ts';
export type { SourceFile } from './files/bundle.ts';
export { MAX_PREVIEW_TEXELS } from './limits.ts';
export type { ReadSceneOptions, SceneFile, SceneReading } from './read-options.ts';
export { readSceneInWorker } from './read-scene-in-worker.ts';
export { packFiles } from './source/packed-files.ts';
