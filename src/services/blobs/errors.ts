/** Why a Blob did not come. */
import { LeafcutterError } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { BlobHash } from './contract.ts';

const short = (text: string): string => text.slice(0, 8);

/** Nobody who was asked has the Blob, or brought all of it. */
export class BlobUnavailableError extends LeafcutterError {
  constructor(
    readonly hash: BlobHash,
    reason: string,
    options?: { cause?: unknown },
  ) {
    super('blob-unavailable', `the data ${short(hash)} could not be fetched: ${reason}`, options);
  }
}

/** Every Node that offered the Blob sent other bytes than its name says. */
export class BlobCorruptError extends LeafcutterError {
  constructor(
    readonly hash: BlobHash,
    /** The last one that sent them. */
    readonly holder: NodeId,
  ) {
    super(
      'blob-corrupt',
      `the data ${short(hash)} as node ${short(holder)} sent it is damaged, and no other node has it; reload the page there`,
    );
  }
}
