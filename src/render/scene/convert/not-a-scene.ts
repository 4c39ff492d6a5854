/** What a person is told of a file that is no scene: what it is instead, as far as its first bytes and its name say it. */
import { AGAIN } from '../errors.ts';
import { READABLE } from '../files/main-file.ts';
import { readImageHeader } from '../images/image-header.ts';

/** Scenes, by their first bytes, of kinds that are not read. */
const UNREAD: readonly (readonly [name: string, begins: RegExp])[] = [
  ['a Blender file', /^(?:BLENDER|\x28\xb5\x2f\xfd)/],
  ['a Collada file', /^\s*<\?xml[^>]*>\s*<COLLADA/],
  ['an OFF file', /^(?:ST)?(?:C)?(?:N)?OFF\s/],
  ['a STEP file', /^ISO-10303-21/],
];

/** Others that come by mistake. */
const OTHERS: readonly (readonly [reason: string, begins: RegExp])[] = [
  ['is a web page, not a scene; download it again', /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)\b/i],
  ['is a Git LFS pointer, not the scene itself; get that with git lfs pull', /^version https:\/\/git-lfs/],
  ['is an environment, not a scene; open it together with one', /^(?:#\?(?:RADIANCE|RGBE)|v\/1)/],
  ['is an archive inside of an archive; unpack it and open what is in it', /^PK/],
];

/** Of the kinds that can be told by their bytes. */
const NAMED = /\.(glb|gltf|obj|ply|stl|fbx|usd[acz]?)$/i;

/** Undefined: it may be a scene that is read. @param start one character a byte */
export function unreadKind(start: string): string | undefined {
  const unread = UNREAD.find(([, begins]) => begins.test(start));
  return unread && `is ${unread[0]}, which is not read; export it as glTF (.glb)`;
}

/** Of what is none that is read. */
export function whyNoScene(bytes: Uint8Array, start: string, name: string): string {
  if (bytes.length === 0) return 'is empty';
  const other = OTHERS.find(([, begins]) => begins.test(start));
  if (other) return other[0];
  const header = readImageHeader(bytes);
  // A TGA has no mark that others could not have.
  if (header === 'damaged' || (typeof header === 'object' && header.format !== 'tga')) {
    return `is a picture, not a scene; give ${READABLE}`;
  }
  const ending = NAMED.exec(name)?.[1]?.toLowerCase();
  return ending === undefined
    ? `is no scene of a kind that is read; give ${READABLE}`
    : `is no .${ending} inside, whatever its name says, or is cut short; ${AGAIN}`;
}
