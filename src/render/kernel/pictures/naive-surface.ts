/**
 * For tests only: the metallic-roughness surface of docs and glTF 2.0 written down a second time, in doubles, from the
 * formulas: GGX by its distribution of normals (B. Walter et al. 2007), Smith's height-correlated masking, Schlick's
 * Fresnel, what single bounces lose given back (C. Kulla and A. Conty 2017), the diffuse base coupled below. No code and no
 * table of the kernel; albedos are integrated here, by sampling normals instead of visible normals.
 */
import type { FlatMaterial } from '../../scene/index.ts';
import { add, dot, unit, type Vec } from './naive-vector.ts';

const COLUMNS = 48;
const STEPS = 40;

/** (A, B): the single-bounce albedo is F0 A + F90 B. */
type Albedo = readonly [a: number, b: number];

function density(cosH: number, alpha: number): number {
  const k = cosH * cosH * (alpha * alpha - 1) + 1;
  return (alpha * alpha) / (Math.PI * k * k);
}

/** G2 / (4 cosI cosO). */
function visibility(cosI: number, cosO: number, alpha: number): number {
  const a2 = alpha * alpha;
  const i = cosO * Math.sqrt(cosI * cosI * (1 - a2) + a2);
  const o = cosI * Math.sqrt(cosO * cosO * (1 - a2) + a2);
  return 0.5 / (i + o);
}

const schlick = (cos: number): number => (1 - cos) ** 5;

function integrate(cosO: number, alpha: number): Albedo {
  const outgoing: Vec = [Math.sqrt(1 - cosO * cosO), 0, cosO];
  let a = 0;
  let b = 0;
  for (let i = 0; i < STEPS; i++) {
    const u = (i + 0.5) / STEPS;
    const tan2 = (alpha * alpha * u) / (1 - u);
    const cosH = 1 / Math.sqrt(1 + tan2);
    const sinH = Math.sqrt(1 - cosH * cosH);
    for (let j = 0; j < STEPS; j++) {
      const angle = (Math.PI * (j + 0.5)) / STEPS;
      const h: Vec = [sinH * Math.cos(angle), sinH * Math.sin(angle), cosH];
      const oh = dot(outgoing, h);
      const cosI = 2 * oh * cosH - cosO;
      if (oh <= 0 || cosI <= 0) continue;
      // f cos over the density D cosH / (4 oh) of i.
      const weight = (4 * visibility(cosI, cosO, alpha) * cosI * oh) / cosH;
      a += weight * (1 - schlick(oh));
      b += weight * schlick(oh);
    }
  }
  return [a / (STEPS * STEPS), b / (STEPS * STEPS)];
}

export class NaiveSurface {
  readonly #alpha: number;
  readonly #columns: readonly Albedo[];
  readonly #mean: Albedo;
  readonly #metallic: number;
  readonly #f0: number;
  readonly #f90: number;

  constructor({ roughness, metallic, ior }: FlatMaterial) {
    this.#alpha = Math.max(roughness * roughness, 1e-3);
    this.#metallic = metallic;
    this.#f0 = ((ior - 1) / (ior + 1)) ** 2;
    this.#f90 = ior === 1 ? 0 : 1;
    this.#columns = Array.from({ length: COLUMNS + 1 }, (_, i) =>
      integrate(Math.max(i / COLUMNS, 0.02), this.#alpha),
    );
    let [a, b] = [0, 0];
    for (let i = 0; i < 512; i++) {
      const cos = (i + 0.5) / 512;
      const at = this.#albedo(cos);
      a += (2 * cos * at[0]) / 512;
      b += (2 * cos * at[1]) / 512;
    }
    this.#mean = [a, b];
  }

  /** f cosI for unit directions above the surface, z along its normal. */
  evaluate(base: Vec, outgoing: Vec, incoming: Vec): Vec {
    const cosO = outgoing[2];
    const cosI = incoming[2];
    if (cosO <= 0 || cosI <= 0) return [0, 0, 0];
    const h = unit(add(outgoing, incoming));
    const fresnel = schlick(dot(incoming, h));
    const single = density(h[2], this.#alpha) * visibility(cosI, cosO, this.#alpha) * cosI;
    const [ao, bo] = this.#albedo(cosO);
    const [ai, bi] = this.#albedo(cosI);
    const [am, bm] = this.#mean;
    const lost = ((1 - ao - bo) * (1 - ai - bi) * cosI) / (Math.PI * Math.max(1 - am - bm, 1e-4));
    const dielectric = furtherBounces(this.#f0, this.#f90, am + bm);
    const layer = (a: number, b: number): number => {
      return 1 - this.#f0 * a - this.#f90 * b - dielectric * (1 - a - b);
    };
    const below = (layer(ao, bo) * layer(ai, bi) * cosI) / (Math.PI * Math.max(layer(am, bm), 1e-4));
    const m = this.#metallic;
    const channel = (colour: number): number => {
      const f0 = this.#f0 * (1 - m) + colour * m;
      const f90 = this.#f90 * (1 - m) + m;
      const further = dielectric * (1 - m) + furtherBounces(colour, 1, am + bm) * m;
      return (f0 + (f90 - f0) * fresnel) * single + further * lost + colour * (1 - m) * below;
    };
    return [channel(base[0]), channel(base[1]), channel(base[2])];
  }

  #albedo(cos: number): Albedo {
    const x = cos * COLUMNS;
    const i = Math.min(Math.floor(x), COLUMNS - 1);
    const [a0, b0] = this.#columns[i] ?? [0, 0];
    const [a1, b1] = this.#columns[i + 1] ?? [0, 0];
    return [a0 + (a1 - a0) * (x - i), b0 + (b1 - b0) * (x - i)];
  }
}

function furtherBounces(f0: number, f90: number, meanAlbedo: number): number {
  const mean = f0 + (f90 - f0) / 21;
  return (mean * mean * meanAlbedo) / (1 - mean * (1 - meanAlbedo));
}
