/** Which of the files is the scene. */
import { SceneError } from '../errors.ts';
import type { FileBundle } from './bundle.ts';

export interface MainFile {
  readonly path: string;
  /** Other scenes that were left aside. */
  readonly others: readonly string[];
}

/** What a scene is, for people. */
export const READABLE =
  'a .glb, a .gltf with its files, an .obj, .ply, .stl, .fbx or .usdz, or a .zip of them';

/** Scenes of other formats, which count where there is no glTF. */
const OTHERS = /\.(?:obj|ply|stl|fbx|usd[acz]?|dae|3ds|blend|off|step|stp)$/i;

/** @param wanted a path to prefer; without it the least nested, then alphabetically first scene is taken */
export function findMainFile(bundle: FileBundle, wanted: string | undefined): MainFile {
  if (wanted !== undefined) {
    const path = bundle.find(wanted);
    if (path === undefined) throw new SceneError('missing-file', wanted, 'was not given');
    return { path, others: [] };
  }
  const gltf = bundle.paths.filter((path) => /\.(?:glb|gltf)$/i.test(path));
  const byName = gltf.length > 0 ? gltf : bundle.paths.filter((path) => OTHERS.test(path));
  // A scene may have lost its ending on the way (a download without a name); one lone file is worth a look.
  const candidates = byName.length > 0 ? byName : bundle.paths.length === 1 ? bundle.paths : [];
  const depth = (path: string): number => path.split('/').length;
  const [path, ...others] = candidates.toSorted(
    (a, b) => depth(a) - depth(b) || (a < b ? -1 : a > b ? 1 : 0),
  );
  if (path === undefined) {
    const given = bundle.paths.slice(0, 3).join(', ');
    if (given === '') {
      const empty = bundle.archives.join(', ') || 'what was given';
      throw new SceneError('no-scene-file', empty, `holds no file; give ${READABLE}`);
    }
    throw new SceneError('no-scene-file', given, `give ${READABLE}`);
  }
  return { path, others };
}
