/**
 * Where each of several pictures goes. In the last part of what `-o` says, `*` stands for the scene's name and a run of `#` for the
 * picture's number with at least so many digits, as in Blender: `frame-####.png`, `'pictures/*-##.exr'`. A pattern of several pictures
 * without `#` gets the number before its ending, for `-o chair.png --turntable 36` says well enough what is meant. A still has no
 * number: its `#` stay what they are, since names like `take#2.png` exist.
 */
import { basename, dirname, extname, join, parse, resolve, sep } from 'node:path';

/** Of a picture without a `#` in its pattern: enough for the usual turntable, and more where the last number needs more. */
const LEAST_DIGITS = 2;

/** The last run counts, as in Blender: the others may belong to the name. */
const PLACES = /#+(?=[^#]*$)/;

/** The first and the last, not negative. */
export interface PictureNumbers {
  readonly first: number;
  readonly last: number;
}

/** A folder is one that ends like one, or is one. What is put into it are PNGs named by their scenes. */
export function patternOf(out: string, isFolder: boolean): string {
  return isFolder || out.endsWith('/') || out.endsWith(sep) ? join(out, '*.png') : out;
}

/** Whether scenes get a picture each by this pattern. */
export function isNamed(pattern: string): boolean {
  return basename(pattern).includes('*');
}

/** The pattern with a place for the number where there are several pictures: `chair-##.png`. */
export function numberedPattern(pattern: string, { first, last }: PictureNumbers): string {
  const file = basename(pattern);
  if (first === last || PLACES.test(file)) return pattern;
  const ending = extname(file);
  const places = '#'.repeat(Math.max(LEAST_DIGITS, String(last).length));
  return `${pattern.slice(0, pattern.length - ending.length)}-${places}${ending}`;
}

/**
 * @param name see `sceneNames`; undefined: a `*` is a `*`
 * @param number for the `#` in the pattern, if there are any; undefined: they stay
 */
export function picturePath(pattern: string, name: string | undefined, number?: number): string {
  const file = basename(pattern);
  const folder = pattern.slice(0, pattern.length - file.length);
  const numbered =
    number === undefined ? file : file.replace(PLACES, (run) => String(number).padStart(run.length, '0'));
  // A function: `$&` in a name is a name.
  return folder + (name === undefined ? numbered : numbered.replace('*', () => name));
}

/** Those of a scene, one by one: there may be a million. @param numbers undefined: a still */
export function* picturePaths(
  pattern: string,
  name: string | undefined,
  numbers: PictureNumbers | undefined,
): Generator<string> {
  if (!numbers) yield picturePath(pattern, name);
  else for (let n = numbers.first; n <= numbers.last; n++) yield picturePath(pattern, name, n);
}

/**
 * A name for each scene's picture: the file's without its ending; of those that would be the same (in the eyes of a disk that takes upper for
 * lower case, too) the one with its ending, then with the folders above, so that `chair/scene.gltf` and `table/scene.gltf` become
 * `chair-scene.gltf` and `table-scene.gltf`.
 *
 * @param paths each but once
 */
export function sceneNames(paths: readonly string[]): readonly string[] {
  const depth = Math.max(...paths.map((path) => resolve(path).split(sep).length));
  const names = paths.map((path) => parse(path).name);
  for (let folders = 0; folders < depth; folders++) {
    const taken = new Map<string, number>();
    for (const name of names) taken.set(folded(name), (taken.get(folded(name)) ?? 0) + 1);
    const isFinal = names.map((name) => taken.get(folded(name)) === 1);
    if (isFinal.every(Boolean)) break;
    for (const [i, path] of paths.entries()) if (!isFinal[i]) names[i] = longName(path, folders);
  }
  return names;
}

const folded = (name: string): string => name.normalize('NFC').toLowerCase();

function longName(path: string, folders: number): string {
  const above = dirname(resolve(path)).split(sep).filter(Boolean);
  return [...(folders > 0 ? above.slice(-folders) : []), basename(path)].join('-');
}
