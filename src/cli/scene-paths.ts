/** The scenes that the terminal was given: files, and of a folder those right in it that end like scenes. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LeafcutterError } from '../runtime/index.ts';

/** A `.zip` in a folder may hold anything; but it is how scenes are downloaded. */
const SCENE = /\.(?:glb|gltf|obj|ply|stl|fbx|usd[acz]?|zip)$/i;

/** Whether there is such a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/**
 * In the order given, those of a folder by their names with numbers as numbers; each once.
 * @throws LeafcutterError `no-scenes`
 */
export async function scenePaths(given: readonly string[]): Promise<readonly string[]> {
  const paths = new Map<string, string>();
  for (const path of given) {
    // What is not there is told where it is opened.
    for (const scene of (await isFolder(path)) ? await scenesIn(path) : [path])
      paths.set(resolve(scene), scene);
  }
  return [...new Set(paths.values())];
}

async function scenesIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => SCENE.test(name) && !name.startsWith('.'));
  const scenes: string[] = [];
  for (const name of names.toSorted(byNumber.compare)) {
    if (!(await isFolder(join(folder, name)))) scenes.push(join(folder, name));
  }
  if (scenes.length > 0) return scenes;
  throw new LeafcutterError(
    'no-scenes',
    `there is no scene in ${folder}: no .glb, .gltf, .obj, .ply, .stl, .fbx, .usdz or .zip`,
  );
}

/** Of no language: the same order on every machine. */
const byNumber = new Intl.Collator('en', { numeric: true });
