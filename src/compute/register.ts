/** Shipped functions on a device: the kind of Job registered with its farm, and the call. */
import type { Farm, JobId } from '../farm/index.ts';
import { type Clock, Emitter } from '../runtime/index.ts';
import type { BlobService } from '../services/blobs/index.ts';
import { Compute } from './compute.ts';
import { computeKind } from './kind.ts';
import type { Sandbox } from './sandbox.ts';

export interface ComputeOn {
  readonly farm: Farm;
  readonly blobs: BlobService;
  readonly clock: Clock;
  /** undefined: this device asks others, and runs nothing itself. */
  readonly sandbox: Sandbox | undefined;
}

export function createCompute({ farm, blobs, clock, sandbox }: ComputeOn): Compute {
  const settled = new Emitter<{ task: JobId }>();
  const kind = computeKind({
    blobs,
    sandbox,
    now: () => clock.now(),
    settled: ({ id }) => settled.emit('task', id),
  });
  farm.register(kind);
  return new Compute({ farm, blobs, onSettled: (listener) => settled.on('task', listener) });
}
