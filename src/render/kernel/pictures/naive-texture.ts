/** For tests only: base colour with its texture (nearest texel, any wrapping) and vertex colours. */
import type { FlatMaterial, FlatScene, WrapMode } from '../../scene/index.ts';
import type { NaiveHit } from './naive-geometry.ts';

type Rgba = readonly [number, number, number, number];

export function baseColorAt(scene: FlatScene, material: FlatMaterial, hit: NaiveHit): Rgba {
  const weights = [1 - hit.u - hit.v, hit.u, hit.v];
  const texel = texelAt(scene, material.baseColorTexture, hit, weights);
  const channel = (i: 0 | 1 | 2 | 3): number => {
    const tint = weights.reduce((sum, weight, k) => sum + weight * (hit.triangle.colors[k]?.[i] ?? 0), 0);
    return material.baseColor[i] * tint * texel[i];
  };
  return [channel(0), channel(1), channel(2), channel(3)];
}

function texelAt(scene: FlatScene, index: number, hit: NaiveHit, weights: readonly number[]): Rgba {
  const texture = scene.textures[index];
  const image = texture && scene.images[texture.image];
  if (!texture || !image) return [1, 1, 1, 1];
  const coordinate = (i: 0 | 1): number =>
    weights.reduce((sum, weight, k) => sum + weight * (hit.triangle.uv[k]?.[i] ?? 0), 0);
  const [s, t] = [coordinate(0), coordinate(1)];
  const [a, b, c, d, e, f] = texture.transform;
  const x = Math.floor(wrapped(a * s + b * t + c, texture.wrapS) * image.width);
  const y = Math.floor(wrapped(d * s + e * t + f, texture.wrapT) * image.height);
  const at = 4 * (Math.min(y, image.height - 1) * image.width + Math.min(x, image.width - 1));
  const byte = (i: number): number => (image.bytes[at + i] ?? 0) / 255;
  return [linear(byte(0)), linear(byte(1)), linear(byte(2)), byte(3)];
}

function wrapped(value: number, mode: WrapMode): number {
  if (mode === 'clamp') return Math.min(1, Math.max(0, value));
  const part = value - Math.floor(value);
  return mode === 'mirror' && Math.floor(value) % 2 !== 0 ? 1 - part : part;
}

const linear = (srgb: number): number => (srgb <= 0.04045 ? srgb / 12.92 : ((srgb + 0.055) / 1.055) ** 2.4);
