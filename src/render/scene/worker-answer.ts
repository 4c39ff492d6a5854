/** What a reading Worker answers: a value, or an error as a value, for a structured clone keeps no class. */
import { messageOf } from '../../runtime/index.ts';
import { SceneError, type SceneErrorCode } from './errors.ts';

/** What a worker answers: a value, or why there is none. */
export type WorkerAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: SceneErrorCode; readonly part: string; readonly reason: string };

/** Runs the work and puts what comes of it, an error too, into a WorkerAnswer. Never rejects. */
export async function answerOf<T>(work: () => Promise<T>): Promise<WorkerAnswer<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof SceneError) {
      return { ok: false, code: error.code, part: error.part, reason: error.reason };
    }
    return { ok: false, code: 'reader-failed', part: 'the file', reason: messageOf(error) };
  }
}

/** @throws SceneError as the Worker did */
export function answered<T>(answer: WorkerAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new SceneError(answer.code, answer.part, answer.reason);
}
