/** How far a device is with the inputs of a render. When all is there it has yet to be read, which takes as long for a large scene. */
import type { JobProgress } from '../../render/job/index.ts';
import { formatBytes } from './format.ts';

/** Who is at it. Of a render that is over nobody is: whoever had begun has given it up, and says so no more. */
export function receiving(helpers: JobProgress['helpers'], isRunning: boolean): JobProgress['helpers'] {
  return isRunning ? helpers.filter(({ state }) => state === 'fetching') : [];
}

/** @param totalBytes 0 while it has not said how much there is to receive: it has just come, or the first answer is on its way */
export function transferText(receivedBytes: number, totalBytes: number): string {
  if (totalBytes === 0) return 'about to receive the scene';
  if (receivedBytes >= totalBytes) return 'reading the scene';
  return `receiving the scene: ${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`;
}
