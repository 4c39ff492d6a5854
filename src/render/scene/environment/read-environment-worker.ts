/** Reading and encoding an environment in a Worker, so that the page stays alive: as `read-scene-worker.ts`. */
import { expose, transfer } from 'comlink';
import { encodeEnvironment } from '../bytes/environment.ts';
import { answerOf, type WorkerAnswer } from '../worker-answer.ts';
import { readEnvironmentFile } from './environment-file.ts';

export interface EnvironmentWorker {
  read(fileName: string, bytes: Uint8Array): Promise<WorkerAnswer<Uint8Array>>;
}

const worker: EnvironmentWorker = {
  async read(fileName, bytes) {
    const answer = await answerOf(async () => encodeEnvironment(await readEnvironmentFile(fileName, bytes)));
    return answer.ok ? transfer(answer, [answer.value.buffer]) : answer;
  },
};

expose(worker);
