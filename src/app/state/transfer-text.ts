/** How far a device is with the inputs of a render. When all is there it has yet to be read, which takes as long for a large scene. */
import { formatBytes } from './format.ts';

export function transferText(receivedBytes: number, totalBytes: number): string {
  if (totalBytes > 0 && receivedBytes >= totalBytes) return 'reading the scene';
  return `receiving the scene: ${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}`;
}
