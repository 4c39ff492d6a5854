/** The inside of the terminal's thread that reads one scene of another Node. Its data says which. */
import { parentPort, workerData } from 'node:worker_threads';
import { answerOf, readScene, readSource, sceneBuffers } from '../render/scene/index.ts';
import type { ReadTask } from './thread-reader.ts';

const task: ReadTask = workerData;
if (task.kind === 'source') {
  const answer = await answerOf(() => readSource(task.source));
  const moved =
    answer.ok && answer.value.bytes.buffer instanceof ArrayBuffer ? [answer.value.bytes.buffer] : [];
  parentPort?.postMessage(answer, moved);
} else {
  const answer = await answerOf(() => readScene(task.files, task.choice));
  parentPort?.postMessage(answer, answer.ok ? [...sceneBuffers(answer.value)] : []);
}
