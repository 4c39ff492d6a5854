/**
 * `leafcutter/compute`: a function that travels as source, over many inputs, on every page of a mesh. Serve `leafcutter/sandbox.html`
 * beside your page.
 */
import { Compute, createBrowserSandbox } from '../compute/index.browser.ts';
import { registerCompute } from '../compute/index.ts';
import type { Farm } from '../farm/index.ts';
import { systemClock as clock, systemTimers as timers } from '../runtime/index.ts';
import type { BlobService } from '../services/blobs/index.ts';

export * from '../compute/index.ts';

/** What computations of a mesh are made on. */
export interface ComputeSetUp {
  /** Once a mesh: `createFarm(mesh)` of `leafcutter/farm`. Its `setWorkers` says how many workers this page lends. */
  readonly farm: Farm;
  /** Once a mesh: `shareBlobs(mesh)` of `leafcutter/blobs`. */
  readonly blobs: BlobService;
  /** Where `sandbox.html` is. Without it this Node asks others, and runs nothing itself (as in a terminal). */
  readonly sandbox?: URL;
}

/** Takes part in the computations of a mesh, and can start some: `compute.map(source, inputs)`. */
export function openCompute({ farm, blobs, sandbox: frame }: ComputeSetUp): Compute {
  const sandbox = frame && createBrowserSandbox({ frame, timers, locks: navigator.locks });
  return new Compute(registerCompute({ farm, blobs, clock, sandbox: sandbox && (async () => sandbox) }));
}
