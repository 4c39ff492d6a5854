/** The inside of the terminal's thread that reads one scene or environment. Its data says which; who asked ends it. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  answerOf,
  encodeEnvironment,
  readEnvironment,
  readScene,
  readSource,
  sceneBuffers,
  type WorkerAnswer,
} from '../render/scene/index.ts';
import type { BesideAnswer, ReaderMessage, ReadTask } from './thread-reader.ts';

const task: ReadTask = workerData;
switch (task.kind) {
  case 'source': {
    const answer = await answerOf(() => readSource(task.source));
    give(answer, answer.ok ? ownBuffer(answer.value.bytes) : []);
    break;
  }
  case 'environment': {
    const { name, bytes } = task;
    const answer = await answerOf(async () => encodeEnvironment(await readEnvironment(name, bytes)));
    give(answer, answer.ok ? ownBuffer(answer.value) : []);
    break;
  }
  case 'files': {
    const { files, choice, asksBeside } = task;
    const answer = await answerOf(() =>
      readScene(files, { ...choice, ...(asksBeside && { beside: asked() }) }),
    );
    give(answer, answer.ok ? [...sceneBuffers(answer.value)] : []);
    break;
  }
  default:
    task satisfies never;
}

function ownBuffer({ buffer }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : [];
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
