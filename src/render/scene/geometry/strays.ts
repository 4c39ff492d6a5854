/**
 * Triangles that lie so far away that the rest of the scene would be a speck beside them: a vertex that a program forgot to set,
 * a marker at "infinity". What is far beyond everything else and not the larger part is left out. Beside things of everyday the
 * other part may be what somebody has scaled away, which is why those are not left out lightly.
 */

/** Powers of two between the rest and what is astray: beyond a trillion times farther nothing of the rest would be seen. */
const GAP = 40;
const EXPONENTS = 256;

/** Of what is no farther than things of everyday are (2 ** 24 metres), specks must be so many times more to be all there is. */
const SPECKS = 8;
const EVERYDAY = 127 + 24;

/** How many vertices lie how far from the origin: by the exponent of their largest coordinate. */
export class Distances {
  readonly #counts = new Uint32Array(EXPONENTS);

  add(distance: number, vertices: number): void {
    const exponent = exponentOf(distance);
    this.#counts[exponent] = (this.#counts[exponent] ?? 0) + vertices;
  }

  /** Whether what has this distance is astray; undefined where nothing is. */
  get isAstray(): ((distance: number) => boolean) | undefined {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    // What lies at the origin itself says nothing of scale.
    let nearer = this.#counts[0] ?? 0;
    let last = 0;
    for (let exponent = 1; exponent < EXPONENTS; exponent++) {
      const count = this.#counts[exponent] ?? 0;
      if (count === 0) continue;
      const needed = (total - nearer) * (exponent <= EVERYDAY ? SPECKS : 1);
      if (last > 0 && exponent - last >= GAP && needed <= nearer) {
        return (distance) => exponentOf(distance) >= exponent;
      }
      nearer += count;
      last = exponent;
    }
    return undefined;
  }
}

/** The largest coordinate of vertex `i`. */
export function distanceOf(positions: Float32Array, i: number): number {
  return Math.max(
    Math.abs(positions[3 * i] ?? 0),
    Math.abs(positions[3 * i + 1] ?? 0),
    Math.abs(positions[3 * i + 2] ?? 0),
  );
}

const SCRATCH_FLOAT = new Float32Array(1);
const SCRATCH_BITS = new Uint32Array(SCRATCH_FLOAT.buffer);

/** The exponent field in single precision. */
function exponentOf(value: number): number {
  SCRATCH_FLOAT[0] = value;
  return (SCRATCH_BITS[0] ?? 0) >>> 23;
}
