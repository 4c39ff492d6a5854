/** A message as a Broker handles it, wherever it came from. */
import type { NodeId } from '../../wire/index.ts';
import type { Subject } from './contract.ts';

export interface Publication {
  readonly subject: Subject;
  readonly reply: Subject | undefined;
  readonly headers: Uint8Array | undefined;
  readonly payload: Uint8Array;
  /** The Node of its publisher. */
  readonly from: NodeId;
}
