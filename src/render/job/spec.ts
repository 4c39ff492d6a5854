/** A render as it travels: the farm's opaque spec is this, in msgpack, checked field by field on arrival. */
import { Packr } from 'msgpackr';
import { isBlobHash } from '../../services/blobs/index.ts';
import type { RenderSpec } from '../settings.ts';
import { BadSettingsError, isRecord, readSettings } from './settings-check.ts';

export interface TitledSpec {
  /** The scene's file name, for people. */
  readonly title: string;
  readonly spec: RenderSpec;
}

const MAX_TITLE = 200;
const KERNEL_HASH = /^[0-9a-f]{64}$/;
const packr = new Packr({ useRecords: false });

export function encodeSpec({ title, spec }: TitledSpec): Uint8Array {
  const { settings, scene, environmentMap, kernel } = spec;
  return packr.pack({ title: title.slice(0, MAX_TITLE), settings, scene, environmentMap, kernel });
}

/** @throws BadSettingsError when it is not a render that we understand */
export function decodeSpec(bytes: Uint8Array): TitledSpec {
  let value: unknown;
  try {
    value = packr.unpack(bytes);
  } catch {
    throw new BadSettingsError('the announcement of the render is damaged');
  }
  if (!isRecord(value)) throw new BadSettingsError('the announcement of the render is damaged');
  const { title, settings, scene, environmentMap, kernel } = value;
  if (typeof title !== 'string' || title.length > MAX_TITLE)
    throw new BadSettingsError('the title is damaged');
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
  return { title, spec: { settings: checked, scene, environmentMap: map, kernel } };
}
