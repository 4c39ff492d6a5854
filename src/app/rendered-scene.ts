/** The scene of a render, from what travelled for it: to change one thing and render it again, on whichever device. */
import { type RenderJob, sceneAway } from '../render/job/index.ts';
import { decodeScene, readSceneInWorker, type SceneReading, unpackFiles } from '../render/scene/index.ts';
import { sceneBlob } from '../render/settings.ts';
import { LeafcutterError } from '../runtime/index.ts';
import type { BlobHash, BlobService } from '../services/blobs/index.ts';
import { opened } from './scene-library.ts';
import type { OpenScene, Pose, ReadContext } from './state/scene.ts';

type Rendered = Pick<RenderJob, 'title' | 'spec' | 'coordinator' | 'submitter'>;
type Blobs = Pick<BlobService, 'get' | 'release'>;

/** @throws LeafcutterError where neither this device nor another has its files, or they cannot be read; CancelledError */
export async function openRendered(blobs: Blobs, job: Rendered, context: ReadContext): Promise<OpenScene> {
  const { title, spec } = job;
  const bytes = await fetched(blobs, job, sceneBlob(spec), context.signal);
  const { environment } = spec.settings;
  if (!spec.source) {
    // It travelled as it was read: nothing is left of how.
    const scene = decodeScene(bytes);
    const posed = () => Promise.resolve(scene);
    return { title, scene, environment, animations: [], posed, source: () => Promise.resolve(undefined) };
  }
  const { files, beside } = unpackFiles(bytes);
  if (beside.size > 0) {
    const reason = 'its files lie in several folders of another device; open them here to change it';
    throw new LeafcutterError('scene-elsewhere', reason);
  }
  const { reading } = spec.source;
  const read = await opened(
    (options) => readSceneInWorker(files, options),
    () => Promise.resolve(files),
    context,
    title,
    environment,
    reading,
  );
  return { ...read, pose: poseOf(reading, read.animations) };
}

/** Encoded, of a render that is lit by somebody's own panorama. @throws as `openRendered`; undefined where it is lit otherwise */
export async function renderedEnvironment(
  blobs: Blobs,
  job: Rendered,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const { environmentMap, settings } = job.spec;
  if (environmentMap === undefined || settings.environment.kind !== 'file') return undefined;
  return fetched(blobs, job, environmentMap, signal);
}

function poseOf(
  { animation, time = 0 }: SceneReading,
  animations: readonly { readonly name: string }[],
): Pose {
  if (animation === null || animations.length === 0) return { animation: null, time };
  const place =
    typeof animation === 'string' ? animations.findIndex(({ name }) => name === animation) : animation;
  return { animation: Math.max(0, place ?? 0), time };
}

async function fetched(
  blobs: Blobs,
  { coordinator, submitter }: Rendered,
  hash: BlobHash,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const holders = coordinator === undefined ? [submitter] : [coordinator, submitter];
  const bytes = await blobs.get(hash, { holders, signal }).catch((error: unknown) => {
    throw sceneAway(error);
  });
  // Opened scenes hold their bytes by themselves.
  blobs.release(hash);
  return bytes;
}
