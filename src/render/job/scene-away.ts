/** What people are told of a render whose scene, or environment, does not come: which bytes those are says nothing to them. */
import { LeafcutterError } from '../../runtime/index.ts';
import { BlobUnavailableError } from '../../services/blobs/index.ts';

/** @returns what to throw in place of what `blobs.get` threw */
export function sceneAway(error: unknown): unknown {
  if (!(error instanceof BlobUnavailableError)) return error;
  const reason = 'no device in reach has its scene: open it and render it anew, or wait for one that has it';
  return new LeafcutterError('scene-away', reason, { cause: error });
}
