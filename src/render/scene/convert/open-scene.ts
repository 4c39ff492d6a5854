/** Which kind of scene a file is, from its bytes, and how it becomes glTF. */
import { SceneError } from '../errors.ts';
import { textOf } from '../files/text.ts';
import { type Container, readContainer } from '../gltf/container.ts';
import type { Warnings } from '../warnings.ts';
import { unreadKind, whyNoScene } from './not-a-scene.ts';
import type { ReadBeside } from './obj.ts';

export interface OpenedScene extends Container {
  /** Every machine reads the same bits from the same files. */
  readonly isSameEverywhere: boolean;
}

/** @throws SceneError */
export async function openScene(
  bytes: Uint8Array,
  name: string,
  readBeside: ReadBeside,
  warnings: Warnings,
): Promise<OpenedScene> {
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  const unread = unreadKind(start);
  if (unread) throw new SceneError('no-scene-file', name, unread);
  const isGltf = /^glTF/.test(start) || isJsonStart(textOf(bytes.subarray(0, 2000)));
  const isFbx = /^(?:Kaydara FBX Binary|; FBX)/.test(start);
  // Other archives were opened when they were given.
  const isUsd = /^(?:PXR-USDC|#usda)/.test(start) || (/^PK/.test(start) && /\.usdz$/i.test(name));
  if (!isGltf && (isFbx || isUsd)) {
    const { loadFbx, loadUsd } = await import('./three-loaders.ts');
    const { convertThreeScene } = await import('./three-scene.ts');
    const object = await (isFbx ? loadFbx(bytes, name) : loadUsd(bytes, name, warnings));
    return { ...(await convertThreeScene(object, warnings)), isSameEverywhere: false };
  }
  const container = isGltf
    ? readContainer(bytes, name, warnings)
    : await converted(bytes, start, name, readBeside, warnings);
  return { ...container, isSameEverywhere: true };
}

/** A brace, after comments that do not belong there. */
function isJsonStart(start: string): boolean {
  return /^(?:\s|\/\/.*\n|\/\*[\s\S]*?\*\/)*[{[]/.test(start);
}

async function converted(
  bytes: Uint8Array,
  start: string,
  name: string,
  readBeside: ReadBeside,
  warnings: Warnings,
): Promise<Container> {
  const { isPly, convertPly } = await import('./ply.ts');
  if (isPly(bytes)) return convertPly(bytes, name, warnings);
  const { isStl, convertStl } = await import('./stl.ts');
  if (isStl(bytes)) return convertStl(bytes, name, warnings);
  const { isObj, convertObj } = await import('./obj.ts');
  if (isObj(bytes)) return convertObj(bytes, name, readBeside, warnings);
  throw new SceneError('no-scene-file', name, whyNoScene(bytes, start, name));
}
