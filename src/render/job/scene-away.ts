/** What people are told of a render whose scene, or environment, does not come: which bytes those are says nothing to them. */
import { LeafcutterError } from '../../runtime/index.ts';
import { BlobUnavailableError } from '../../services/blobs/index.ts';

/** @returns what to throw in place of what `blobs.get` threw */
export function sceneAway(error: unknown): unknown {
  if (!(error instanceof BlobUnavailableError)) return error;
  const reason =
    'its scene comes from no device in reach; open the scene and render it anew, or wait until a device that has it is back';
  return new LeafcutterError('scene-away', reason, { cause: error });
}
