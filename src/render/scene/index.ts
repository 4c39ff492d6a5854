/**
 * Scenes: files to FlatScene (the same bits in every browser and in Node), FlatScene and EnvironmentMap to bytes and back,
 * and the built-in samples and environments. What is heavy (glTF reader, decoders) loads when first needed.
 */

export {
  BUILTIN_ENVIRONMENTS,
  BUILTIN_SAMPLES,
  type BuiltinAsset,
  type BuiltinSample,
  loadBuiltinEnvironment,
  loadBuiltinSample,
  type ReadAsset,
} from './builtin.ts';
export { decodeScene } from './bytes/decode-scene.ts';
export { encodeScene } from './bytes/encode-scene.ts';
export { decodeEnvironment, encodeEnvironment } from './bytes/environment.ts';
export { packRgb9e5, unpackRgb9e5 } from './bytes/rgb9e5.ts';
export { drawnTriangles } from './drawn-triangles.ts';
export { readEnvironment } from './environment/read-environment.ts';
export { readEnvironmentInWorker } from './environment/read-environment-in-worker.ts';
export { SceneError, type SceneErrorCode } from './errors.ts';
export type { SourceFile } from './files/bundle.ts';
export { foldedName, readingsOf } from './files/reference.ts';
export type {
  EnvironmentMap,
  FlatCamera,
  FlatImage,
  FlatLight,
  FlatMaterial,
  FlatScene,
  FlatTexture,
  WrapMode,
} from './format.ts';
export { texelsOf, writeTexels } from './images/texels.ts';
export { MAX_PREVIEW_TEXELS, MAX_RADIANCE } from './limits.ts';
export { oneLine } from './one-line.ts';
export type {
  FileContents,
  ReadProgress,
  ReadSceneOptions,
  SceneAnimation,
  SceneChoice,
  SceneFile,
  SceneReading,
} from './read-options.ts';
export { readScene } from './read-scene.ts';
export { readSceneInWorker } from './read-scene-in-worker.ts';
export { sceneBuffers } from './scene-buffers.ts';
export { type EncodedScene, encodedScene } from './source/encoded-scene.ts';
export { packFiles, type SceneFiles, unpackFiles } from './source/packed-files.ts';
export { type ReadSource, readSource, type SceneSource } from './source/read-source.ts';
export { readSourceInWorker } from './source/read-source-in-worker.ts';
export { answered, answerOf, type WorkerAnswer } from './worker-answer.ts';
