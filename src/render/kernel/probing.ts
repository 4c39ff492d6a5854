/** For the tests of materials: one triangle whose scattering is asked direction by direction, with +z its normal and +x its tangent. */
import type { FlatImage, FlatMaterial, FlatTexture } from '../scene/index.ts';
import type { Kernel } from './contract.ts';
import type { KernelInstance } from './instance.ts';
import { freshKernel, MeshBuilder, material, type Triple } from './testing.ts';

/** f times the cosine in linear RGB, and the density with which the sampler gives the direction. */
export interface Scattered {
  readonly value: Triple;
  readonly density: number;
}

/** Follows all colours, or the one that dispersion left. */
export type Followed = 0 | 1 | 2 | 3;

export class MaterialProbe {
  readonly #kernel: Kernel;
  readonly #instance: KernelInstance;
  #floats = new Float32Array();

  private constructor(kernel: Kernel, instance: KernelInstance) {
    this.#kernel = kernel;
    this.#instance = instance;
  }

  static async start(): Promise<MaterialProbe> {
    const { kernel, instance } = await freshKernel();
    return new MaterialProbe(kernel, instance);
  }

  /** Everything that follows is about this material. */
  load(
    changes: Partial<FlatMaterial>,
    images: readonly FlatImage[] = [],
    textures: readonly FlatTexture[] = [],
  ): void {
    const mesh = new MeshBuilder().triangle(0, [0, 0, 0], [1, 0, 0], [0, 1, 0]);
    this.#kernel.loadScene(mesh.scene([material(changes)], { images, textures }));
  }

  /** Looks from this direction (unit length; z < 0: from behind). @returns false if the surface is black */
  look([x, y, z]: Triple, color: Followed = 0, [u, v]: readonly [number, number] = [0.25, 0.25]): boolean {
    return Boolean(this.#instance.wasm.probeSurface(0, u, v, x, y, z, color));
  }

  towards([x, y, z]: Triple): Scattered {
    return this.#read(this.#instance.wasm.probeValue(x, y, z));
  }

  /** undefined where the light is lost. */
  sample(u1: number, u2: number, lobe: number): Triple | undefined {
    const { value } = this.#read(this.#instance.wasm.probeSample(u1, u2, lobe));
    return value[2] === 0 ? undefined : value;
  }

  #read(address: number): Scattered {
    const { buffer } = this.#instance.memory;
    // Memory that grows has another buffer. A view for each answer would take more time than the answers.
    if (this.#floats.buffer !== buffer) this.#floats = new Float32Array(buffer);
    const [at, floats] = [address >>> 2, this.#floats];
    return {
      value: [floats[at] ?? 0, floats[at + 1] ?? 0, floats[at + 2] ?? 0],
      density: floats[at + 3] ?? 0,
    };
  }
}

/** Unit length, `degrees` from +z and `around` from +x. */
export function direction(degrees: number, around = 0): Triple {
  const theta = (degrees * Math.PI) / 180;
  const phi = (around * Math.PI) / 180;
  return [Math.sin(theta) * Math.cos(phi), Math.sin(theta) * Math.sin(phi), Math.cos(theta)];
}

/** An even point of the unit cube (the sequence of M. Roberts), the i-th of a seed. */
export function even(i: number, seed = 0): Triple {
  const fraction = (x: number) => x - Math.floor(x);
  return [
    fraction(0.5 + i * 0.8191725133961645 + seed * 0.271),
    fraction(0.5 + i * 0.6710436067037893 + seed * 0.619),
    fraction(0.5 + i * 0.5497004779019703 + seed * 0.137),
  ];
}

/** What the surface in sight returns of a uniform environment of 1: the mean of value / density over its own samples. */
export function returnedLight(probe: MaterialProbe, samples = 4096): Triple {
  const sum: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < samples; i++) {
    const sampled = probe.sample(...even(i));
    if (!sampled) continue;
    const { value, density } = probe.towards(sampled);
    if (!(density > 0)) continue;
    value.forEach((channel, c) => {
      sum[c] = (sum[c] ?? 0) + channel / density;
    });
  }
  return [sum[0] / samples, sum[1] / samples, sum[2] / samples];
}

/** The integral over all directions of what `of` says, on a grid fine enough for roughness 0.3 away from the horizon. */
export function overSphere(of: (towards: Triple) => number, rows = 192, columns = 256): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const theta = ((row + 0.5) / rows) * Math.PI;
    const radius = Math.sin(theta);
    let ring = 0;
    for (let column = 0; column < columns; column++) {
      const phi = ((column + 0.5) / columns) * 2 * Math.PI;
      ring += of([radius * Math.cos(phi), radius * Math.sin(phi), Math.cos(theta)]);
    }
    sum += ring * radius;
  }
  return (sum * 2 * Math.PI * Math.PI) / (rows * columns);
}
