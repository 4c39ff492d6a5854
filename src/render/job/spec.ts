/** A render as it travels: the farm's opaque spec is this, in msgpack, checked field by field on arrival. */
import { MAX_SPEC_BYTES } from '../../farm/index.ts';
import { isBlobHash, MAX_BLOB_BYTES } from '../../services/blobs/index.ts';
import { type ControlLimits, type ControlValue, decodeControl, encodeControl } from '../../wire/index.ts';
import type { RenderSpec } from '../settings.ts';
import { readFrames } from './frames-check.ts';
import { readReading } from './reading-check.ts';
import { BadSettingsError, isRecord, readSettings } from './settings-check.ts';

export interface SizedSpec {
  readonly spec: RenderSpec;
  /** Of the Blob that brings the scene: who offers it in another size is not asked for it. */
  readonly sceneBytes: number;
  /** Of the environment map's Blob, where there is one. */
  readonly environmentBytes: number | undefined;
}

type Source = NonNullable<RenderSpec['source']>;

const KERNEL_HASH = /^[0-9a-f]{64}$/;
/** Three dozen settings, the largest of them a camera. */
const LIMITS: ControlLimits = { maxBytes: MAX_SPEC_BYTES, maxDepth: 5, maxElements: 128 };

export function encodeSpec({ spec, sceneBytes, environmentBytes }: SizedSpec): Uint8Array {
  const { settings, scene, source, frames, environmentMap, kernel } = spec;
  const map = environmentMap === undefined ? {} : { environmentMap, environmentBytes: environmentBytes ?? 0 };
  const range = { ...(source && { source }), ...(frames && { frames: { ...frames } }) };
  const plain = { settings, scene, sceneBytes, kernel, ...range, ...map };
  // Settings are plain values throughout; encoding checks it.
  return encodeControl(plain as unknown as ControlValue, LIMITS);
}

/** @throws BadSettingsError when it is not a render that we understand */
export function decodeSpec(bytes: Uint8Array): SizedSpec {
  const { value } = decodeControl(bytes, LIMITS);
  if (!isRecord(value)) throw new BadSettingsError('the announcement of the render is damaged');
  const { settings, scene, source, frames, sceneBytes, environmentMap, environmentBytes, kernel } = value;
  if (!isBlobHash(scene)) throw new BadSettingsError('the name of the scene is damaged');
  if (typeof kernel !== 'string' || !KERNEL_HASH.test(kernel)) {
    throw new BadSettingsError('the name of the kernel is damaged');
  }
  const checked = readSettings(settings);
  const map = environmentMap ?? undefined;
  if (map !== undefined && !isBlobHash(map))
    throw new BadSettingsError('the name of the environment is damaged');
  if ((checked.environment.kind !== 'colour') !== (map !== undefined)) {
    throw new BadSettingsError('the environment and its map do not belong together');
  }
  if (!isSize(sceneBytes)) throw new BadSettingsError('the size of the scene is damaged');
  if (map !== undefined && !isSize(environmentBytes)) {
    throw new BadSettingsError('the size of the environment is damaged');
  }
  const range = frames === undefined ? undefined : readFrames(frames, checked);
  if (range && source === undefined) {
    throw new BadSettingsError('an animation cannot be rendered without the files of its scene');
  }
  return {
    spec: {
      ...{ settings: checked, scene, environmentMap: map, kernel },
      ...(source !== undefined && { source: readSource(source) }),
      ...(range && { frames: range }),
    },
    sceneBytes,
    environmentBytes: map !== undefined && isSize(environmentBytes) ? environmentBytes : undefined,
  };
}

function readSource(value: unknown): Source {
  const { files, reading } = isRecord(value) ? value : {};
  if (!isBlobHash(files)) throw new BadSettingsError("the name of the scene's files is damaged");
  return { files, reading: readReading(reading) };
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_BLOB_BYTES;
}
