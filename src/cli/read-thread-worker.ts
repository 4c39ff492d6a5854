/** The inside of the terminal's thread that reads one scene. Its data says which; who asked ends it. */
import { parentPort, workerData } from 'node:worker_threads';
import { answerOf, readScene, readSource, sceneBuffers, type WorkerAnswer } from '../render/scene/index.ts';
import type { BesideAnswer, ReaderMessage, ReadTask } from './thread-reader.ts';

const task: ReadTask = workerData;
if (task.kind === 'source') {
  const answer = await answerOf(() => readSource(task.source));
  const moved =
    answer.ok && answer.value.bytes.buffer instanceof ArrayBuffer ? [answer.value.bytes.buffer] : [];
  give(answer, moved);
} else {
  const { files, choice, asksBeside } = task;
  const answer = await answerOf(() =>
    readScene(files, { ...choice, ...(asksBeside && { beside: asked() }) }),
  );
  give(answer, answer.ok ? [...sceneBuffers(answer.value)] : []);
}

function give<T>(answer: WorkerAnswer<T>, moved: ArrayBuffer[]): void {
  const message: ReaderMessage<T> = { type: 'answer', answer };
  parentPort?.postMessage(message, moved);
}

/** Asks the thread that started this one, which may open files. */
function asked(): (uri: string) => Promise<Uint8Array | undefined> {
  const waiting = new Map<number, (bytes: Uint8Array | undefined) => void>();
  let count = 0;
  parentPort?.on('message', ({ id, bytes }: BesideAnswer) => {
    waiting.get(id)?.(bytes);
    waiting.delete(id);
  });
  return (uri) =>
    new Promise((resolve) => {
      const id = count++;
      waiting.set(id, resolve);
      const question: ReaderMessage<never> = { type: 'beside', id, uri };
      parentPort?.postMessage(question);
    });
}
