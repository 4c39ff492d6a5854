/** What the build has made, as the terminal finds it. */
import { readFile } from 'node:fs/promises';
import { compileKernel, type LoadedKernel } from '../render/job/index.ts';
import { Denoiser } from '../render/output/index.ts';
import { LeafcutterError } from '../runtime/index.ts';

/** Where the build has put things. */
export interface BuiltFiles {
  /** The page's folder, with a slash at the end. */
  readonly page: URL;
  /** The render thread's entry. */
  readonly thread: URL;
  /** The entry of the thread that reads scenes. */
  readonly reader: URL;
}

/** @throws LeafcutterError `not-built` */
export async function builtFile(
  path: string,
  { page }: Pick<BuiltFiles, 'page'>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(new URL(path, page)));
  } catch (cause) {
    throw new LeafcutterError(
      'not-built',
      `${path} is missing; run \`npm run build\` in the project folder first`,
      { cause },
    );
  }
}

/** @throws LeafcutterError `not-built` */
export async function builtKernel(built: BuiltFiles): Promise<LoadedKernel> {
  const [own, shared] = await Promise.all([
    builtFile('generated/kernel.wasm', built),
    builtFile('generated/kernel-shared.wasm', built),
  ]);
  return compileKernel(own, shared);
}

/** @throws LeafcutterError `not-built`, `bad-denoiser` */
export async function builtDenoiser(built: Pick<BuiltFiles, 'page'>): Promise<Denoiser> {
  const [wasm, weights] = await Promise.all([
    builtFile('generated/denoiser.wasm', built),
    builtFile('denoiser/weights.tza', built),
  ]);
  return Denoiser.create({ wasm, weights });
}
