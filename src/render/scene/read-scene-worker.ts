/**
 * Reading a scene in a Worker, so that the page stays alive. One Worker reads one scene and is then ended, which is also
 * how reading is cancelled: decoders run for seconds without looking up.
 */
import { expose, transfer } from 'comlink';
import type { ReadProgress, ReadSceneOptions, SceneFile } from './read-options.ts';
import { readScene } from './read-scene.ts';
import type { EncodedScene } from './source/encoded-scene.ts';
import { readSource, type SceneSource } from './source/read-source.ts';
import { answerOf, type WorkerAnswer } from './worker-answer.ts';

/** The options that are plain values. */
export type SceneChoice = Omit<ReadSceneOptions, 'onProgress' | 'signal' | 'beside'>;

export interface SceneWorker {
  read(
    files: ReadonlyMap<string, Uint8Array>,
    choice: SceneChoice,
    onProgress: (progress: ReadProgress) => void,
  ): Promise<WorkerAnswer<SceneFile>>;
  readSource(source: SceneSource): Promise<WorkerAnswer<EncodedScene>>;
}

const worker: SceneWorker = {
  async read(files, choice, onProgress) {
    const answer = await answerOf(() => readScene(files, { ...choice, onProgress }));
    return answer.ok ? transfer(answer, [...buffersOf(answer.value)]) : answer;
  },
  async readSource(source) {
    const answer = await answerOf(() => readSource(source));
    return answer.ok ? transfer(answer, [answer.value.bytes.buffer]) : answer;
  },
};

/** Every buffer behind the scene, once: they are moved to the page, not copied. */
function buffersOf({ scene }: SceneFile): Set<ArrayBuffer> {
  const { positions, normals, tangents, colors, uv0, uv1, indices, triangleMaterials, images } = scene;
  const vertices = [positions, normals, tangents, colors, uv0, uv1];
  const arrays = [...vertices, indices, triangleMaterials, scene.instanceMeshes, scene.instanceTransforms];
  const pictures = images.flatMap(({ bytes, preview }) => (preview ? [bytes, preview.rgba] : [bytes]));
  const buffers = [...arrays, ...pictures].map(({ buffer }) => buffer);
  return new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer));
}

expose(worker);
