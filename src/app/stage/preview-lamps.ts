/** The scene's own point, spot and directional lights for the preview; glTF's units are three's. */
import { DirectionalLight, Group, type Light, PointLight, SpotLight } from 'three';
import type { FlatLight } from '../../render/scene/index.ts';

/** Every light costs every pixel; the first few show where the light comes from. */
const MAX_LAMPS = 12;

export function previewLamps(lights: readonly FlatLight[]): Group {
  const group = new Group();
  for (const light of lights.slice(0, MAX_LAMPS)) group.add(...lampOf(light));
  return group;
}

/** The light, and what it aims at. */
function lampOf({ kind, intensity, position, direction, range, innerConeAngle, outerConeAngle }: FlatLight) {
  const distance = Number.isFinite(range) ? range : 0;
  const lamp = ((): Light => {
    switch (kind) {
      case 'point':
        return new PointLight(0xffffff, 1, distance, 2);
      case 'spot':
        return new SpotLight(0xffffff, 1, distance, outerConeAngle, 1 - innerConeAngle / outerConeAngle, 2);
      case 'directional':
        return new DirectionalLight(0xffffff, 1);
      default:
        return kind satisfies never;
    }
  })();
  lamp.color.setRGB(...intensity);
  if (lamp instanceof PointLight) {
    lamp.position.set(...position);
    return [lamp];
  }
  const [x, y, z] = kind === 'spot' ? position : [0, 0, 0];
  lamp.position.set(x, y, z);
  if (!(lamp instanceof SpotLight || lamp instanceof DirectionalLight)) return [lamp];
  lamp.target.position.set(x + direction[0], y + direction[1], z + direction[2]);
  return [lamp, lamp.target];
}
