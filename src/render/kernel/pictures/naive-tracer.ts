/**
 * For tests only: a second path tracer, as short as the rendering equation allows, against which the kernel's pictures are
 * held. Doubles, every triangle tried for every ray, directions by the cosine whatever the surface, light only where a
 * path happens to meet it (lights without extent apart), no weights between strategies, no roulette, no low-discrepancy
 * numbers. What both agree on is not an artefact of either.
 */
import { type Random, uniform } from '../../../runtime/index.ts';
import type { FlatCamera, FlatMaterial, FlatScene } from '../../scene/index.ts';
import { type NaiveHit, type NaiveTriangle, nearest, packed, unrolled } from './naive-geometry.ts';
import { isGlass, throughGlass, throughMedium } from './naive-glass.ts';
import { punctualLight } from './naive-lights.ts';
import { NaiveSurface } from './naive-surface.ts';
import { baseColorAt } from './naive-texture.ts';
import {
  add,
  cosineDirection,
  dot,
  fromLocal,
  mul,
  scale,
  sub,
  toLocal,
  unit,
  type Vec,
} from './naive-vector.ts';

export interface NaiveView {
  readonly side: number;
  readonly camera: FlatCamera;
  readonly bounces: number;
  readonly samples: number;
  readonly lens?: { readonly radius: number; readonly focusDistance: number };
  /** Radiance from a unit direction. */
  readonly environment: (direction: Vec) => Vec;
}

const BLACK: Vec = [0, 0, 0];
const colourOf = ([r, g, b]: readonly [number, number, number, number]): Vec => [r, g, b];

/** Mean linear radiance, RGB, row-major, of a square picture. */
export function renderNaively(scene: FlatScene, view: NaiveView, random: Random): Float64Array {
  const tracer = new NaiveTracer(scene, view, random);
  const means = new Float64Array(view.side * view.side * 3);
  for (let y = 0; y < view.side; y++) {
    for (let x = 0; x < view.side; x++) {
      let sum = BLACK;
      for (let i = 0; i < view.samples; i++) sum = add(sum, tracer.sample(x, y));
      means.set(scale(sum, 1 / view.samples), 3 * (y * view.side + x));
    }
  }
  return means;
}

class NaiveTracer {
  readonly #scene: FlatScene;
  readonly #view: NaiveView;
  readonly #triangles: readonly NaiveTriangle[];
  readonly #corners: Float64Array;
  readonly #surfaces: readonly NaiveSurface[];
  readonly #next: () => number;

  constructor(scene: FlatScene, view: NaiveView, random: Random) {
    this.#scene = scene;
    this.#view = view;
    this.#triangles = unrolled(scene);
    this.#corners = packed(this.#triangles);
    this.#surfaces = scene.materials.map((material) => new NaiveSurface(material));
    this.#next = () => uniform(random);
  }

  sample(x: number, y: number): Vec {
    let { origin, direction } = this.#cameraRay(x, y);
    let throughput: Vec = [1, 1, 1];
    let radiance = BLACK;
    for (let depth = 0; ; ) {
      const hit = nearest(this.#triangles, this.#corners, origin, direction);
      if (!hit) return add(radiance, mul(throughput, this.#view.environment(direction)));
      const point = add(origin, scale(direction, hit.t));
      const material = this.#materialOf(hit);
      const isFront = dot(hit.triangle.normal, direction) < 0;
      const base = baseColorAt(this.#scene, material, hit);
      if ((depth === 0 && !isFront && !material.doubleSided) || this.#isSeenThrough(material, base[3])) {
        origin = point;
        continue;
      }
      if (!isFront) throughput = mul(throughput, throughMedium(material, hit.t));
      if (isFront || material.doubleSided) {
        const light: Vec = material.unlit ? colourOf(base) : material.emissive;
        radiance = add(radiance, mul(throughput, light));
      }
      if (depth >= this.#view.bounces || material.unlit) return radiance;
      const surface = this.#surfaces[hit.triangle.material];
      if (!surface) return radiance;
      const normal = scale(hit.triangle.normal, isFront ? 1 : -1);
      if (isGlass(material)) {
        const next = throughGlass(material, colourOf(base), direction, normal, isFront, this.#next());
        throughput = mul(throughput, next.weight);
        direction = next.direction;
        origin = point;
        depth++;
        continue;
      }
      const local = toLocal(scale(direction, -1), normal);
      const colour = colourOf(base);
      for (const light of this.#scene.lights) {
        const found = punctualLight(light, point);
        if (!found || this.#isBlocked(point, found.direction, found.distance)) continue;
        const value = surface.evaluate(colour, local, toLocal(found.direction, normal));
        radiance = add(radiance, mul(throughput, mul(value, found.irradiance)));
      }
      const incoming = cosineDirection(this.#next(), this.#next());
      const value = surface.evaluate(colour, local, incoming);
      throughput = scale(mul(throughput, value), Math.PI / incoming[2]);
      direction = fromLocal(incoming, normal);
      origin = point;
      depth++;
    }
  }

  #materialOf(hit: NaiveHit): FlatMaterial {
    const material = this.#scene.materials[hit.triangle.material];
    if (!material) throw new Error('a triangle names a material that is not there');
    return material;
  }

  #isSeenThrough({ alphaMode, alphaCutoff }: FlatMaterial, alpha: number): boolean {
    if (alphaMode === 'mask') return alpha < alphaCutoff;
    return alphaMode === 'blend' && this.#next() >= alpha;
  }

  #isBlocked(from: Vec, direction: Vec, distance: number): boolean {
    let origin = from;
    for (let left = distance; ; ) {
      const hit = nearest(this.#triangles, this.#corners, origin, direction);
      if (!hit || hit.t >= left - 1e-6) return false;
      const material = this.#materialOf(hit);
      if (!this.#isSeenThrough(material, baseColorAt(this.#scene, material, hit)[3])) return true;
      origin = add(origin, scale(direction, hit.t));
      left -= hit.t;
    }
  }

  #cameraRay(x: number, y: number): { origin: Vec; direction: Vec } {
    const { side, camera, lens } = this.#view;
    const { projection } = camera;
    const half = projection.kind === 'perspective' ? Math.tan(projection.yfov / 2) : projection.ymag;
    const px = ((2 * (x + 0.5 + this.#filter())) / side - 1) * half;
    const py = (1 - (2 * (y + 0.5 + this.#filter())) / side) * half;
    const across = add(scale(camera.right, px), scale(camera.up, py));
    const forward = scale(camera.back, -1);
    if (projection.kind === 'orthographic') {
      return { origin: add(camera.position, across), direction: forward };
    }
    const towards = add(forward, across);
    if (!lens) return { origin: camera.position, direction: unit(towards) };
    const radius = lens.radius * Math.sqrt(this.#next());
    const angle = 2 * Math.PI * this.#next();
    const shift = add(
      scale(camera.right, radius * Math.cos(angle)),
      scale(camera.up, radius * Math.sin(angle)),
    );
    const origin = add(camera.position, shift);
    const target = add(camera.position, scale(towards, lens.focusDistance));
    return { origin, direction: unit(sub(target, origin)) };
  }

  /** Blackman-Harris over 1.5 pixels, by rejection. */
  #filter(): number {
    for (;;) {
      const t = this.#next();
      const angle = 2 * Math.PI * t;
      const weight =
        0.35875 - 0.48829 * Math.cos(angle) + 0.14128 * Math.cos(2 * angle) - 0.01168 * Math.cos(3 * angle);
      if (this.#next() < weight) return (t - 0.5) * 1.5;
    }
  }
}
