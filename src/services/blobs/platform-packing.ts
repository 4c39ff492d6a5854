/** How pieces are packed, from when the first one leaves or arrives: an empty page needs nothing of it. */
import type { Packer } from './packing.ts';

/** Undefined where the platform cannot, or it does not come: then all goes as it is. */
export async function platformPacking(): Promise<Packer | undefined> {
  try {
    const { Packer, platform } = await import('./packing.ts');
    return platform && new Packer(platform);
  } catch {
    return undefined;
  }
}
