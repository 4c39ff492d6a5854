/** Plants for the forest, grown from seeded chance. Build time only. */
import { type Random, uniform } from '../../../runtime/index.ts';
import type { Point, Shape } from './shapes.ts';

class Growth {
  readonly #positions: number[] = [];
  readonly #indices: number[] = [];

  triangle(a: Point, b: Point, c: Point): void {
    const first = this.#positions.length / 3;
    this.#positions.push(...a, ...b, ...c);
    this.#indices.push(first, first + 1, first + 2);
  }

  /** Corners shared by two triangles, so that the file stays small. */
  quad(a: Point, b: Point, c: Point, d: Point): void {
    const first = this.#positions.length / 3;
    this.#positions.push(...a, ...b, ...c, ...d);
    this.#indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
  }

  get shape(): Shape {
    return {
      positions: Float32Array.from(this.#positions),
      normals: undefined,
      uvs: undefined,
      indices: Uint32Array.from(this.#indices),
    };
  }
}

/** `distance` from the axis at `angle` and `height`. */
function around(angle: number, distance: number, height: number): Point {
  return [Math.cos(angle) * distance, height, Math.sin(angle) * distance];
}

/** A trunk that tapers off, bent a little. */
export function trunk(height: number, radius: number, bend: number): Shape {
  const growth = new Growth();
  const sides = 7;
  const rings = 5;
  const at = (ring: number, side: number): Point => {
    const up = ring / rings;
    const [x, y, z] = around(
      (side / sides) * 2 * Math.PI,
      radius * (1 - 0.85 * up) + (ring ? 0 : radius * 0.4),
      up * height,
    );
    return [x + bend * up * up, y - 0.3, z];
  };
  for (let ring = 0; ring < rings; ring++) {
    for (let side = 0; side < sides; side++) {
      growth.quad(at(ring, side), at(ring + 1, side), at(ring + 1, side + 1), at(ring, side + 1));
    }
  }
  return growth.shape;
}

/** The branches of a spruce: tiers of drooping boughs, each with sprigs to both sides. */
export function boughs(random: Random, height: number, reach: number): Shape {
  const growth = new Growth();
  const tiers = 13;
  for (let tier = 0; tier < tiers; tier++) {
    const up = (tier + 0.6) / tiers;
    const length = reach * (1 - up) ** 0.8 + 0.15;
    const count = 11 - Math.floor(up * 5);
    for (let bough = 0; bough < count; bough++) {
      const angle = ((bough + 0.5 * (tier % 2) + 0.4 * (uniform(random) - 0.5)) / count) * 2 * Math.PI;
      const long = length * (0.8 + 0.4 * uniform(random));
      const base = height * (0.12 + 0.86 * up);
      const droop = 0.25 + 0.35 * (1 - up);
      const along = (share: number, side: number, lift: number): Point => {
        const distance = long * share;
        const [x, y, z] = around(angle, distance, base + lift - droop * long * share * share);
        return [x - Math.sin(angle) * side, y, z + Math.cos(angle) * side];
      };
      growth.quad(
        along(0, 0.03, 0),
        along(0.5, 0.07 * long, 0.02),
        along(1, 0, 0),
        along(0.5, -0.07 * long, 0.02),
      );
      for (let sprig = 1; sprig <= 4; sprig++) {
        const share = sprig / 5 + 0.05 * uniform(random);
        const wide = long * 0.34 * (1.05 - share) + 0.05;
        for (const side of [-1, 1]) {
          growth.triangle(
            along(share, 0, 0.01),
            along(share + 0.17, 0, 0.01),
            along(share + 0.22, side * wide, -0.12 * wide),
          );
        }
      }
    }
  }
  return growth.shape;
}

/** Leaves in a cloud of some smaller clouds. */
export function crown(random: Random, middle: number, radius: number, leaves: number): Shape {
  const growth = new Growth();
  const within = (): Point => {
    for (;;) {
      const p = [0, 1, 2].map(() => uniform(random) * 2 - 1) as unknown as Point;
      const distance = Math.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
      if (distance < 1 && distance > 0.55) return p;
    }
  };
  const clouds = Array.from({ length: 9 }, () => {
    const [x, y, z] = within();
    return {
      at: [x * radius * 0.75, middle + y * radius * 0.95, z * radius * 0.75] as Point,
      size: radius * 0.5,
    };
  });
  for (let leaf = 0; leaf < leaves; leaf++) {
    const { at, size } = clouds[leaf % clouds.length] ?? { at: [0, middle, 0], size: radius };
    const [x, y, z] = within();
    const from: Point = [at[0] + x * size, at[1] + y * size, at[2] + z * size];
    const tip = (scale: number): Point => {
      const [a, b, c] = within();
      return [from[0] + a * scale, from[1] + b * scale * 0.7, from[2] + c * scale];
    };
    growth.triangle(from, tip(0.34), tip(0.34));
  }
  return growth.shape;
}

/** A tuft of bent blades. */
export function tuft(random: Random, blades: number): Shape {
  const growth = new Growth();
  for (let blade = 0; blade < blades; blade++) {
    const angle = uniform(random) * 2 * Math.PI;
    const lean = 0.1 + 0.35 * uniform(random);
    const height = 0.25 + 0.4 * uniform(random);
    const [x, , z] = around(uniform(random) * 2 * Math.PI, 0.22 * uniform(random), 0);
    const at = (share: number, side: number): Point => [
      x + Math.cos(angle) * lean * share * share - Math.sin(angle) * side,
      height * share - 0.05,
      z + Math.sin(angle) * lean * share * share + Math.cos(angle) * side,
    ];
    growth.quad(at(0, -0.012), at(0.6, -0.009), at(0.6, 0.009), at(0, 0.012));
    growth.triangle(at(0.6, -0.009), at(1, 0), at(0.6, 0.009));
  }
  return growth.shape;
}
