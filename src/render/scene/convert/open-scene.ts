/** Which kind of scene a file is, from its bytes, and how it becomes glTF. */
import { SceneError } from '../errors.ts';
import { type Container, readContainer } from '../gltf/container.ts';
import type { Warnings } from '../warnings.ts';
import type { ReadBeside } from './obj.ts';

export interface OpenedScene extends Container {
  /** Every machine reads the same bits from the same files. */
  readonly isSameEverywhere: boolean;
}

/** Formats of scenes that are known and not read, by their first bytes. */
const UNREAD: readonly (readonly [name: string, begins: RegExp])[] = [
  ['a Blender file', /^(?:BLENDER|\x28\xb5\x2f\xfd)/],
  ['a Collada file', /^\s*<\?xml[^>]*>\s*<COLLADA/],
  ['an OFF file', /^(?:ST)?(?:C)?(?:N)?OFF\s/],
  ['a STEP file', /^ISO-10303-21/],
];

/** @throws SceneError */
export async function openScene(
  bytes: Uint8Array,
  name: string,
  readBeside: ReadBeside,
  warnings: Warnings,
): Promise<OpenedScene> {
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  const unread = UNREAD.find(([, begins]) => begins.test(start));
  if (unread) {
    const reason = `is ${unread[0]}, which is not read; export it as glTF (.glb)`;
    throw new SceneError('no-scene-file', name, reason);
  }
  const isGltf = /^glTF/.test(start) || /^\s*[{[]/.test(start.replace(/^\xef\xbb\xbf/, ''));
  const isFbx = /^(?:Kaydara FBX Binary|; FBX)/.test(start);
  if (!isGltf && (isFbx || /^(?:PXR-USDC|#usda|PK)/.test(start))) {
    const { loadFbx, loadUsd } = await import('./three-loaders.ts');
    const { convertThreeScene } = await import('./three-scene.ts');
    const object = await (isFbx ? loadFbx : loadUsd)(bytes, name);
    return { ...(await convertThreeScene(object, warnings)), isSameEverywhere: false };
  }
  const container = isGltf ? readContainer(bytes, name) : await converted(bytes, name, readBeside, warnings);
  return { ...container, isSameEverywhere: true };
}

async function converted(
  bytes: Uint8Array,
  name: string,
  readBeside: ReadBeside,
  warnings: Warnings,
): Promise<Container> {
  const { isPly, convertPly } = await import('./ply.ts');
  if (isPly(bytes)) return convertPly(bytes, name);
  const { isStl, convertStl } = await import('./stl.ts');
  if (isStl(bytes)) return convertStl(bytes, name);
  const { isObj, convertObj } = await import('./obj.ts');
  if (isObj(bytes)) return convertObj(bytes, name, readBeside, warnings);
  return readContainer(bytes, name);
}
