/** The inside of the terminal's thread that reads one scene of another Node. Its data is the scene's source. */
import { parentPort, workerData } from 'node:worker_threads';
import { answerOf, readSource, type SceneSource } from '../render/scene/index.ts';

const source: SceneSource = workerData;
const answer = await answerOf(() => readSource(source));
const moved =
  answer.ok && answer.value.bytes.buffer instanceof ArrayBuffer ? [answer.value.bytes.buffer] : [];
parentPort?.postMessage(answer, moved);
