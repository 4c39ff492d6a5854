/** Where several workers build one hierarchy together, as the page that has the workers sees it. */
import * as layout from './assembly/layout.ts';

/** A hierarchy that is about to be built, for those who help: goes through `postMessage`. */
export interface BuildSite {
  readonly memory: WebAssembly.Memory;
  /** Address of what the helpers and the one who builds share. */
  readonly crew: number;
}

/** So many may help at a site. */
export const MAX_HELPERS = layout.MAX_HELPERS;

/** When one who built or helped is gone: nobody waits for it, and the one who builds, if there, begins again without help. */
export function abandonSite({ memory, crew }: BuildSite): void {
  const words = new Int32Array(memory.buffer);
  const [state, signal] = [(crew + layout.CREW_STATE) / 4, (crew + layout.CREW_SIGNAL) / 4];
  Atomics.compareExchange(words, state, layout.CREW_IS_RUNNING, layout.CREW_IS_ABANDONED);
  Atomics.add(words, signal, 1);
  Atomics.notify(words, signal);
}
