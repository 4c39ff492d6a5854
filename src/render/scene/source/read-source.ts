/** Reading a scene that came from another Node: its files as they were packed there, to the bytes that its picture is made of. */
import type { SceneReading } from '../read-options.ts';
import { readScene } from '../read-scene.ts';
import { type EncodedScene, encodedScene } from './encoded-scene.ts';
import { unpackFiles } from './packed-files.ts';

/** A scene as it travels. */
export interface SceneSource {
  /** As `packFiles` makes them. */
  readonly files: Uint8Array;
  readonly reading: SceneReading;
}

/** `readSource` where it stops nobody. */
export type ReadSource = (source: SceneSource, signal?: AbortSignal) => Promise<EncodedScene>;

/** Runs for seconds without a pause: see `readSourceInWorker`. @throws SceneError, CancelledError */
export async function readSource(
  { files: packed, reading }: SceneSource,
  signal?: AbortSignal,
): Promise<EncodedScene> {
  const { files, beside } = unpackFiles(packed);
  const { scene } = await readScene(files, {
    ...reading,
    beside: async (uri) => beside.get(uri),
    ...(signal && { signal }),
  });
  return encodedScene(scene);
}
