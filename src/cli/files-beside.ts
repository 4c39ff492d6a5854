/**
 * The files that a scene names, as the terminal finds them: what the URI says first, resolved against the scene's folder; then
 * the same name in another letter case or spelling; then a file of that name in the folders below. Nothing else is opened, however
 * large or private it is.
 *
 * A file may be anybody's, so it does not choose freely what is read. Inside of the scene's folder it may name anything. Outside, only
 * what ends like a picture or a buffer, and lies in the folder above or the one above that, as `gltf/scene.gltf` beside
 * `textures/` does; never in the root of the file system, nor in a folder that holds the home folders. A symbolic link counts as what it
 * points to, but may point anywhere if that ends like a picture or a buffer: who made the link meant it.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { foldedName, readingsOf } from '../render/scene/index.ts';

/** How far above its folder a scene may reach. */
const LEVELS_UP = 2;

/** What may be read outside of the scene's folder. */
const SIDE_FILE = /\.(?:bin|glbin|buf|png|jpe?g|webp|ktx2?|basis|bmp|tga|gif|dds|tiff?|avif|mtl)$/i;

/** The folders below are searched no further than this: someone may keep a scene in their home folder. */
const MAX_ENTRIES = 20_000;
const MAX_DEPTH = 6;

/** Larger than any buffer or picture that can be read. */
const MAX_BYTES = 2 ** 32;

/**
 * @param onLook is told of each file before it is read or missed
 * @returns what `ReadSceneOptions.beside` wants
 */
export function filesBeside(
  scenePath: string,
  onLook: (path: string) => void = () => {},
): (uri: string) => Promise<Uint8Array | undefined> {
  const folder = dirname(resolve(scenePath));
  let names: Promise<ReadonlyMap<string, string | undefined>> | undefined;
  return async (uri) => {
    const readings = readingsOf(uri);
    for (const reading of readings) {
      const bytes = await opened(folder, join(folder, reading), onLook);
      if (bytes) return bytes;
    }
    for (const reading of readings) {
      const path = await likeNamed(folder, reading);
      const bytes = path && (await opened(folder, path, onLook));
      if (bytes) return bytes;
    }
    names ??= namesBelow(folder);
    for (const reading of readings) {
      const path = (await names).get(foldedName(basename(reading)));
      const bytes = path && (await opened(folder, path, onLook));
      if (bytes) return bytes;
    }
    return undefined;
  };
}

/** The file's bytes, if it is there, is a file, may be read, and is the scene's to name. */
async function opened(
  folder: string,
  path: string,
  onLook: (path: string) => void,
): Promise<Uint8Array | undefined> {
  try {
    const [realFolder, real] = await Promise.all([realpath(folder), realpath(path).catch(() => path)]);
    if (!isAllowed(folder, path, realFolder, real)) return undefined;
    onLook(path);
    const { size, isFile } = await stat(real).then((found) => ({ size: found.size, isFile: found.isFile() }));
    return isFile && size <= MAX_BYTES ? new Uint8Array(await readFile(real)) : undefined;
  } catch {
    return undefined;
  }
}

/** @param real what `path` is behind its links */
export function isAllowed(folder: string, path: string, realFolder: string, real: string): boolean {
  if (isWithin(realFolder, real)) return true;
  if (!SIDE_FILE.test(real)) return false;
  if (isWithin(folder, path)) return true;
  let above = folder;
  for (let level = 0; level < LEVELS_UP; level++) {
    above = dirname(above);
    if (isShared(above)) return false;
    if (isWithin(above, path)) return true;
  }
  return false;
}

/** The root, a folder right below it (`/home`, `/tmp`), or one that holds the home folder. */
function isShared(folder: string): boolean {
  return (
    dirname(dirname(folder)) === dirname(folder) || (isWithin(folder, homedir()) && folder !== homedir())
  );
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path;
}

/** The path below or above `folder` whose every step has the wanted name, but for letter case and spelling. */
async function likeNamed(folder: string, reading: string): Promise<string | undefined> {
  let at = folder;
  for (const step of reading.split('/')) {
    if (step === '' || step === '.') continue;
    if (step === '..') {
      at = dirname(at);
      continue;
    }
    const entries = await readdir(at).catch((): string[] => []);
    const name = entries.includes(step)
      ? step
      : entries.find((entry) => foldedName(entry) === foldedName(step));
    if (name === undefined) return undefined;
    at = join(at, name);
  }
  return at;
}

/** Folded names to paths of the nearest that have them; undefined: several as near as that have the name, and a guess would be wrong. */
async function namesBelow(folder: string): Promise<ReadonlyMap<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  let level = [folder];
  let seen = 0;
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    const here = new Map<string, string | undefined>();
    for (const directory of level) {
      // What may not be read is nobody's texture.
      for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
        if (++seen > MAX_ENTRIES) return new Map([...here, ...found]);
        const path = join(directory, entry.name);
        const isHidden = entry.name.startsWith('.') || entry.name === 'node_modules';
        if (entry.isDirectory() && !isHidden) next.push(path);
        else if (!entry.isDirectory()) {
          const name = foldedName(entry.name);
          here.set(name, here.has(name) ? undefined : path);
        }
      }
    }
    for (const [name, path] of here) if (!found.has(name)) found.set(name, path);
    level = next;
  }
  return found;
}
