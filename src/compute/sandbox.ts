/** Where shipped functions run: closed off from the page, the network and the device's storage. */
import type { Value } from './contract.ts';
import type { CallAnswer } from './outcome-codec.ts';

/** One module, on as many workers as this device lends. */
export interface SandboxProgram {
  /** Starts a worker and loads the module into it; one that cannot be loaded answers every call with why. */
  prepare(worker: number): Promise<void>;
  /** What else the module exports, functions left out: unchecked. @throws ComputeError when the module cannot be loaded */
  exported(worker: number): Promise<Readonly<Record<string, unknown>>>;
  /**
   * The function over some inputs, one after the other; `first` is the first one's place among all.
   * @throws LeafcutterError `compute-worker`: it was ended (a call took longer than CALL_TIMEOUT_MS), or could not be started
   */
  call(worker: number, inputs: readonly Value[], first: number): Promise<readonly CallAnswer[]>;
  close(): void;
}

/** Where functions of others run: without network, storage or page. */
export interface Sandbox {
  open(source: string): SandboxProgram;
  close(): void;
}
