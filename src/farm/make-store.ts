import { messageOf } from '../runtime/index.ts';
import type { JobDescription, JobKind, ResultStore } from './contract.ts';
import { JobRefusedError } from './errors.ts';

/** An empty store for a Job; undefined where this Node cannot keep one: `log` is told why. */
export function makeStore(
  kinds: ReadonlyMap<string, Pick<JobKind, 'store'>>,
  description: JobDescription,
  log: (text: string) => void,
): ResultStore | undefined {
  try {
    return kinds.get(description.kind)?.store(description);
  } catch (error) {
    const reason = messageOf(error);
    log(error instanceof JobRefusedError ? reason : `a store could not be made: ${reason}`);
    return undefined;
  }
}
