/** The heavy half of `readScene`: everything below here loads glTF-Transform and the decoders. */
import { CancelledError, LeafcutterError, messageOf } from '../../runtime/index.ts';
import { openScene } from './convert/open-scene.ts';
import { SceneError } from './errors.ts';
import { FileBundle } from './files/bundle.ts';
import { findMainFile } from './files/main-file.ts';
import { baseName } from './files/reference.ts';
import { flatten } from './gltf/flatten.ts';
import type { ReadSceneOptions, SceneFile } from './read-options.ts';
import { Warnings } from './warnings.ts';

/** As `readScene`. */
export async function readSceneFiles(
  files: ReadonlyMap<string, Uint8Array>,
  { main, beside, onProgress, signal, ...choice }: ReadSceneOptions,
): Promise<SceneFile> {
  const checkCancelled = (): void => {
    if (signal?.aborted) throw new CancelledError('reading the scene', { cause: signal.reason });
  };
  try {
    checkCancelled();
    onProgress?.({ step: 'files', done: 0, total: 1 });
    const bundle = new FileBundle(files);
    const { path, others } = findMainFile(bundle, main);
    const warnings = new Warnings();
    if (others.length > 0) {
      warnings.add(
        `of ${others.length + 1} scenes given, ${path} was read: to see another, open it by itself`,
      );
    }
    const resolve = (uri: string, part: string): Promise<Uint8Array> =>
      bundle.resolve(path, uri, part, beside);
    const container = await openScene(bundle.read(path), baseName(path), resolve, warnings);
    onProgress?.({ step: 'files', done: 1, total: 1 });
    const read = await flatten(container, warnings, choice, {
      resolve,
      onStep(step, done, total) {
        checkCancelled();
        onProgress?.({ step, done, total });
      },
    });
    checkCancelled();
    const [onlyFile] = files.keys();
    return {
      ...read,
      sourceFiles: container.isSameEverywhere ? bundle.sources : undefined,
      title: files.size === 1 && onlyFile ? baseName(onlyFile) : baseName(path),
    };
  } catch (cause) {
    if (cause instanceof LeafcutterError) throw cause;
    // Or a mistake of ours that a strange file has brought to light.
    const reason =
      cause instanceof RangeError && /alloc|array length/i.test(cause.message)
        ? 'takes more memory than there is here; leave out a part of it'
        : `could not be read: ${messageOf(cause)}`;
    throw new SceneError('reader-failed', 'the scene', reason, { cause });
  }
}
