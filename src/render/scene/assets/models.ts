/** The CC0 models of @pmndrs/assets, read by our own reader. Build time only. */
import bunnyUri from '@pmndrs/assets/models/bunny.glb.js';
import suziUri from '@pmndrs/assets/models/suzi.glb.js';
import { readScene } from '../read-scene.ts';
import type { Shape } from './shapes.ts';

export function dataUriBytes(uri: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(uri.slice(uri.indexOf(',') + 1)), (c) => c.charCodeAt(0));
}

/** About 1.8 units high, around the origin, looking along +Z. */
export const loadBunny = (): Promise<Shape> => load(bunnyUri);

/** As {@link loadBunny}; Blender's monkey, about 1.3 units high. */
export const loadSuzanne = (): Promise<Shape> => load(suziUri);

async function load(uri: string): Promise<Shape> {
  const { scene } = await readScene(new Map([['model.glb', dataUriBytes(uri)]]));
  const { positions, normals, indices } = scene;
  return { positions, normals, indices, uvs: undefined };
}
