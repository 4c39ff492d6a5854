/** Many messages on a stream of the mesh, paced as a program would: by what is not acknowledged yet. */
import type { MeshStream } from '../../src/mesh/index.ts';
import type { NodeId } from '../../src/wire/index.ts';

/** Unacknowledged messages: at least a few windows' worth, at most 2 MiB. */
const inFlight = (bytes: number): number =>
  Math.max(32, Math.min(2_048, Math.floor((2 * 1024 * 1024) / bytes)));

/** Sends `count` messages named `bench`; resolves when all are acknowledged. */
export function sendMany(stream: MeshStream, target: NodeId, bytes: number, count: number): Promise<void> {
  const message = new Uint8Array(bytes);
  const limit = inFlight(bytes);
  return new Promise((resolve, reject) => {
    let started = 0;
    let acknowledged = 0;
    const fill = (): void => {
      while (started < count && started - acknowledged < limit) {
        started += 1;
        stream.send(target, 'bench', message).then(() => {
          acknowledged += 1;
          if (acknowledged === count) resolve();
          else fill();
        }, reject);
      }
    };
    fill();
  });
}
