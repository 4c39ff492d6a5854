/** What can end a Node's part in a Job. */
import { LeafcutterError } from '../runtime/index.ts';

/** This Node must not take part in the Job; the message says why, for the person. */
export class JobRefusedError extends LeafcutterError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super('job-refused', reason, options);
  }
}

/** The Job ended without a result. */
export class JobFailedError extends LeafcutterError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super('job-failed', reason, options);
  }
}

/** Nobody in reach coordinates the Job, so what was asked of it did not come about. */
export class JobUnattendedError extends LeafcutterError {
  constructor(options?: { cause?: unknown }) {
    super('job-unattended', 'nobody in reach coordinates this job right now; try again in a moment', options);
  }
}
