/** Reading and encoding an environment in a Worker, so that the page stays alive: as `read-scene-worker.ts`. */
import { expose, transfer } from 'comlink';
import { type EncodedEnvironment, encodeEnvironment } from '../bytes/environment.ts';
import { answerOf, type WorkerAnswer } from '../worker-answer.ts';
import { readEnvironmentFile } from './environment-file.ts';

export interface EnvironmentWorker {
  read(fileName: string, bytes: Uint8Array): Promise<WorkerAnswer<EncodedEnvironment>>;
}

const worker: EnvironmentWorker = {
  async read(fileName, bytes) {
    const answer = await answerOf(async () => {
      const map = await readEnvironmentFile(fileName, bytes);
      return { map, bytes: encodeEnvironment(map) };
    });
    if (!answer.ok) return answer;
    return transfer(answer, [answer.value.map.rgb.buffer, answer.value.bytes.buffer]);
  },
};

expose(worker);
