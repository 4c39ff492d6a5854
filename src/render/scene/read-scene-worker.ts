/**
 * Reading a scene in a Worker, so that the page stays alive. One Worker reads one scene and is then ended, which is also
 * how reading is cancelled: decoders run for seconds without looking up. Errors travel as values, for a structured clone
 * keeps no class.
 */
import { expose, transfer } from 'comlink';
import { messageOf } from '../../runtime/index.ts';
import { SceneError, type SceneErrorCode } from './errors.ts';
import type { FlatScene } from './format.ts';
import type { ReadProgress, ReadSceneOptions, SceneFile } from './read-options.ts';
import { readSceneFiles } from './read-scene-files.ts';

export type WorkerAnswer =
  | { readonly ok: true; readonly file: SceneFile }
  | { readonly ok: false; readonly code: SceneErrorCode; readonly part: string; readonly reason: string };

/** The options that are plain values. */
export type SceneChoice = Omit<ReadSceneOptions, 'onProgress' | 'signal'>;

export interface SceneWorker {
  read(
    files: ReadonlyMap<string, Uint8Array>,
    choice: SceneChoice,
    onProgress: (progress: ReadProgress) => void,
  ): Promise<WorkerAnswer>;
}

const worker: SceneWorker = {
  async read(files, choice, onProgress) {
    try {
      const file = await readSceneFiles(files, { ...choice, onProgress });
      return transfer({ ok: true, file }, [...buffersOf(file.scene)]);
    } catch (error) {
      if (error instanceof SceneError) {
        return { ok: false, code: error.code, part: error.part, reason: error.reason };
      }
      return { ok: false, code: 'reader-failed', part: 'the scene', reason: messageOf(error) };
    }
  },
};

/** Every buffer behind the scene, once: they are moved to the page, not copied. */
function buffersOf(scene: FlatScene): Set<ArrayBuffer> {
  const { positions, normals, tangents, colors, uv0, uv1, indices, triangleMaterials, images } = scene;
  const vertices = [positions, normals, tangents, colors, uv0, uv1];
  const arrays = [...vertices, indices, triangleMaterials, scene.instanceMeshes, scene.instanceTransforms];
  const buffers = [...arrays, ...images.map(({ rgba }) => rgba)].map(({ buffer }) => buffer);
  return new Set(buffers.filter((buffer) => buffer instanceof ArrayBuffer));
}

expose(worker);
