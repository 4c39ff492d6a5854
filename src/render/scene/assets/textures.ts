/** Procedural textures for the samples: our own, so CC0. 8-bit RGBA, square, tileable. Build time only. */
import { seededRandom, uniform } from '../../../runtime/index.ts';

type Colour = readonly [number, number, number];

/** Smooth noise in 0..1 on a torus of `cells` x `cells`. */
function tileableNoise(seed: number, cells: number): (u: number, v: number) => number {
  const random = seededRandom(seed);
  const grid = Float64Array.from({ length: cells * cells }, () => uniform(random));
  const at = (x: number, y: number): number => grid[(y % cells) * cells + (x % cells)] ?? 0;
  const smooth = (t: number): number => t * t * (3 - 2 * t);
  return (u, v) => {
    const [x, y] = [(u - Math.floor(u)) * cells, (v - Math.floor(v)) * cells];
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [smooth(x - x0), smooth(y - y0)];
    const top = at(x0, y0) * (1 - fx) + at(x0 + 1, y0) * fx;
    const bottom = at(x0, y0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1) * fx;
    return top * (1 - fy) + bottom * fy;
  };
}

function paint(side: number, colourAt: (u: number, v: number) => Colour): Uint8Array {
  const rgba = new Uint8Array(4 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [r, g, b] = colourAt((x + 0.5) / side, (y + 0.5) / side);
      rgba.set([Math.round(255 * r), Math.round(255 * g), Math.round(255 * b), 255], 4 * (y * side + x));
    }
  }
  return rgba;
}

function mix(a: Colour, b: Colour, t: number): Colour {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** Growth rings that run along u, bent and grained. */
export function woodTexture(side: number): Uint8Array {
  const bend = tileableNoise(11, 3);
  const grain = tileableNoise(12, 64);
  const early: Colour = [0.8, 0.58, 0.36];
  const late: Colour = [0.5, 0.29, 0.15];
  return paint(side, (u, v) => {
    const ring = 9 * (v + 0.22 * bend(u, v));
    const phase = ring - Math.floor(ring);
    const t = phase * phase * (0.75 + 0.25 * grain(u / 4, v));
    return mix(early, late, Math.min(Math.max(t + 0.12 * (grain(u / 8, v * 2) - 0.5), 0), 1));
  });
}

/** Two tones of stone in a checker of 2 x 2 tiles with joints between. */
export function tileTexture(side: number): Uint8Array {
  const cloud = tileableNoise(21, 8);
  const speck = tileableNoise(22, 128);
  const light: Colour = [0.8, 0.77, 0.72];
  const dark: Colour = [0.36, 0.38, 0.41];
  const joint: Colour = [0.22, 0.21, 0.2];
  return paint(side, (u, v) => {
    if (jointDepth(u, v) > 0.5) return joint;
    const isLight = Math.floor(2 * u) === Math.floor(2 * v);
    const shade = 0.88 + 0.16 * cloud(u, v) + 0.08 * (speck(u, v) - 0.5);
    const [r, g, b] = isLight ? light : dark;
    return [r * shade, g * shade, b * shade];
  });
}

/** The normal map of {@link tileTexture}: joints sunk into the floor. */
export function tileNormalMap(side: number): Uint8Array {
  const step = 1 / side;
  const steepness = 0.012 * side;
  return paint(side, (u, v) => {
    const x = (jointDepth(u + step, v) - jointDepth(u - step, v)) * steepness;
    // Green points up the image, against v.
    const y = -(jointDepth(u, v + step) - jointDepth(u, v - step)) * steepness;
    const length = Math.sqrt(x * x + y * y + 1);
    return [0.5 + (0.5 * x) / length, 0.5 + (0.5 * y) / length, 0.5 + 0.5 / length];
  });
}

/** 1 in the middle of a joint, 0 on a tile, with soft edges; joints run along the edges of the quarters. */
function jointDepth(u: number, v: number): number {
  const toEdge = (t: number): number => Math.abs(2 * t - Math.round(2 * t)) / 2;
  const distance = Math.min(toEdge(u), toEdge(v));
  return Math.min(Math.max((0.009 - distance) / 0.005, 0), 1);
}
