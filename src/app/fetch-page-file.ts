/** A file that comes with the page when something needs it: samples, environments, the denoiser. */
import { LeafcutterError } from '../runtime/index.ts';
import { pageFile } from './page-file.ts';

/** @throws LeafcutterError `asset-missing` */
export async function fetchPageFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(pageFile(path));
    if (!response.ok) throw new LeafcutterError('asset-missing', `the server answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw new LeafcutterError(
      'asset-missing',
      `${path} could not be fetched from the server; is it running?`,
      {
        cause,
      },
    );
  }
}
