/**
 * Reading a scene in a Worker, so that the page stays alive. One Worker reads one scene and is then ended, which is also
 * how reading is cancelled: decoders run for seconds without looking up.
 */
import { expose, transfer } from 'comlink';
import type { ReadProgress, SceneChoice, SceneFile } from './read-options.ts';
import { readScene } from './read-scene.ts';
import { sceneBuffers } from './scene-buffers.ts';
import type { EncodedScene } from './source/encoded-scene.ts';
import { readSource, type SceneSource } from './source/read-source.ts';
import { answerOf, type WorkerAnswer } from './worker-answer.ts';

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
    return answer.ok ? transfer(answer, [...sceneBuffers(answer.value)]) : answer;
  },
  async readSource(source) {
    const answer = await answerOf(() => readSource(source));
    return answer.ok ? transfer(answer, [answer.value.bytes.buffer]) : answer;
  },
};

expose(worker);
