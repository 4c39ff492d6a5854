// A rendered picture of either renderer with what it took, and how far two pictures are apart.

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** A pixel. */
  readonly samples: number;
  readonly bounces: number;
  readonly seed: number;
  readonly threads: number;
}

export interface Picture {
  /** Linear Rec. 709, row-major, the top row first. */
  readonly rgb: Float32Array;
  /** Rendering alone, without reading the scene and building its hierarchy. */
  readonly seconds: number;
  /** Of all threads together. */
  readonly processorSeconds: number;
  readonly setupSeconds: number;
}

/** Mean squared difference over all pixels and channels. */
export function meanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum / a.length;
}

export function mean(a: Float32Array): number {
  let sum = 0;
  for (const value of a) sum += value;
  return sum / a.length;
}
