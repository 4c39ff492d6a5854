/** Finished frames that nobody looks at now, as Blobs: a browser keeps large ones on its disk, and lets them go with their last holder. */
import type { SetAside } from '../render/film/index.ts';

export const blobSetAside: SetAside = async (bytes) => {
  const blob = new Blob([new Uint8Array(bytes)]);
  return { read: async () => new Uint8Array(await blob.arrayBuffer()) };
};
