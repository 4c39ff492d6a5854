/** The light half of reading environments: a door to the rest that opens when the first one comes. */
import type { EnvironmentMap } from '../format.ts';

/**
 * Reads a panorama of all directions: Radiance (`.hdr`; both run-length encodings) up to 16384 x 8192, or OpenEXR (`.exr`;
 * none, RLE, ZIP, PIZ, PXR24, B44, DWA) up to 8192 x 4096; Rec. 709 primaries are assumed. What is above 4096 x 2048 is
 * averaged down to that. Values that are negative or no numbers become 0. Takes seconds: on a page use
 * `readEnvironmentInWorker`.
 * @param fileName for messages; the kind of file is seen from its contents
 * @throws SceneError `image-unsupported`, `image-damaged`, `too-large`
 */
export async function readEnvironment(fileName: string, bytes: Uint8Array): Promise<EnvironmentMap> {
  const { readEnvironmentFile } = await import('./environment-file.ts');
  return readEnvironmentFile(fileName, bytes);
}
