/** Separable filters of one-channel images, the border repeated. */

/** Weights from -radius to radius. */
export type Kernel = Float64Array;

export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export function kernelOf(radius: number, weight: (x: number) => number): Kernel {
  return Float64Array.from({ length: 2 * radius + 1 }, (_, i) => weight(i - radius));
}

export function convolve(plane: Plane, across: Kernel, down: Kernel): Plane {
  return alongColumns(alongRows(plane, across), down);
}

function alongRows({ width, height, values }: Plane, kernel: Kernel): Plane {
  const radius = kernel.length >> 1;
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < kernel.length; i++) {
        const from = Math.min(Math.max(x + i - radius, 0), width - 1);
        sum += (kernel[i] ?? 0) * (values[y * width + from] ?? 0);
      }
      out[y * width + x] = sum;
    }
  }
  return { width, height, values: out };
}

function alongColumns({ width, height, values }: Plane, kernel: Kernel): Plane {
  const radius = kernel.length >> 1;
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < kernel.length; i++) {
      const weight = kernel[i] ?? 0;
      const from = Math.min(Math.max(y + i - radius, 0), height - 1) * width;
      for (let x = 0; x < width; x++) {
        const to = y * width + x;
        out[to] = (out[to] ?? 0) + weight * (values[from + x] ?? 0);
      }
    }
  }
  return { width, height, values: out };
}
