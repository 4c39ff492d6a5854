/**
 * What comes with Leafcutter: sample scenes and environments, made by `npm run build:assets` into `public/generated/`.
 * Where an asset's bytes come from is the caller's: `fetch` on the page, the file system in the terminal.
 */
import { SceneError } from './errors.ts';
import type { ReadSceneOptions, SceneFile } from './read-options.ts';
import { readScene } from './read-scene.ts';

/** @param path relative to the page's root, e.g. "generated/samples/cornell.glb" */
export type ReadAsset = (path: string) => Promise<Uint8Array>;

/** A file that comes along. */
export interface BuiltinAsset {
  /** For settings and the command line. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Relative to the page's root. */
  readonly path: string;
  /** Who made what is in it, and under which licence. */
  readonly attribution: string;
}

/** A scene that comes along. */
export interface BuiltinSample extends BuiltinAsset {
  /** The built-in environment that suits it best, where it brings no light of its own. */
  readonly environment: string | undefined;
}

const MODELS = 'Stanford bunny and Suzanne from @pmndrs/assets (CC0)';

/** The first is what the page shows to a newcomer. */
export const BUILTIN_SAMPLES: readonly BuiltinSample[] = [
  {
    name: 'cornell',
    label: 'Cornell box',
    path: 'generated/samples/cornell.glb',
    attribution: `Box: Cornell University Program of Computer Graphics, public measurements. ${MODELS}`,
    environment: undefined,
  },
  {
    name: 'terrace',
    label: 'Terrace',
    path: 'generated/samples/terrace.glb',
    attribution: `${MODELS}; floor and textures made by Leafcutter (CC0)`,
    environment: 'sky',
  },
  {
    name: 'forest',
    label: 'Forest',
    path: 'generated/samples/forest.glb',
    attribution: 'Made by Leafcutter (CC0)',
    environment: 'dawn',
  },
];

const environment = (name: string, label: string): BuiltinAsset => ({
  name,
  label,
  path: `generated/environments/${name}.lcen`,
  attribution: 'Poly Haven (CC0), by way of @pmndrs/assets',
});

/** The environments that come along, by name. */
export const BUILTIN_ENVIRONMENTS: readonly BuiltinAsset[] = [
  environment('studio', 'Studio'),
  environment('sky', 'Open sky'),
  environment('forest', 'Forest'),
  environment('sunset', 'Sunset'),
  environment('dawn', 'Dawn'),
  environment('city', 'City'),
  environment('night', 'City at night'),
  environment('apartment', 'Apartment'),
];

/** As `encodeEnvironment` made it. @throws SceneError `unknown-builtin`; and what `readAsset` throws */
export async function loadBuiltinEnvironment(name: string, readAsset: ReadAsset): Promise<Uint8Array> {
  return readAsset(find(BUILTIN_ENVIRONMENTS, name, 'environment').path);
}

/**
 * @param read how to read it: `readSceneInWorker` on a page
 * @throws SceneError `unknown-builtin`, and those of `readScene`; and what `readAsset` throws
 */
export async function loadBuiltinSample(
  name: string,
  readAsset: ReadAsset,
  read: typeof readScene = readScene,
  options: ReadSceneOptions = {},
): Promise<SceneFile> {
  const { path } = find(BUILTIN_SAMPLES, name, 'sample');
  return read(new Map([[`${name}.glb`, await readAsset(path)]]), options);
}

function find<Asset extends BuiltinAsset>(assets: readonly Asset[], name: string, kind: string): Asset {
  const found = assets.find((asset) => asset.name === name);
  if (found) return found;
  const names = assets.map((asset) => asset.name).join(', ');
  throw new SceneError('unknown-builtin', `the ${kind} "${name}"`, `does not exist; there are ${names}`);
}
