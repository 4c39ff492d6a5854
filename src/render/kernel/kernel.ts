/**
 * The path tracer behind its contract: checks what comes in, writes it into the kernel's memory and calls it.
 *
 * Memory is a stack: what the instance needs for itself, then the scene, then the environment map. A new scene drops both
 * and puts the map back; a new map drops the old one only.
 */
import type { EnvironmentMap, FlatImage, FlatScene } from '../scene/index.ts';
import { MAX_SAMPLES, MAX_STRENGTH } from '../settings.ts';
import * as layout from './assembly/layout.ts';
import {
  type BlockBounds,
  type EnvironmentPlacement,
  GUIDE_FLOATS,
  type Kernel,
  type KernelSceneInfo,
  type KernelView,
} from './contract.ts';
import { KernelError } from './errors.ts';
import { instantiate, type KernelExports, type KernelInstance } from './instance.ts';
import { allocate } from './memory-tables.ts';
import { checkScene } from './scene-check.ts';
import { arrangeTexels, placeScene, texelsAt } from './scene-tables.ts';
import { checkView, writeView } from './view.ts';

/** Keeps a Block's sums and the time of one call within reason; a Tile of 64 x 64 is far below. */
const MAX_BLOCK_PIXELS = 1 << 20;
const AS_IT_IS: EnvironmentPlacement = { strength: 1, rotation: 0 };
/** Pixels times samples must fit 32 bits. */
const MAX_BLOCK_SAMPLES = 2 ** 31;

function checkEnvironment(map: EnvironmentMap): void {
  const { width, height, rgb } = map;
  const isSize = (side: number) => Number.isInteger(side) && side >= 1 && side <= 16_384;
  if (!isSize(width) || !isSize(height) || rgb.length !== width * height * 3) {
    throw new KernelError(
      'invalid-environment',
      `an environment of ${width} x ${height} cannot have ${rgb.length} numbers`,
    );
  }
}

interface ImageToFill {
  readonly image: FlatImage;
  /** In the kernel's memory. */
  readonly texels: Uint8Array;
}

/** What is remembered of a scene whose tables are written, until its hierarchy is built. */
interface PlacedScene {
  readonly triangles: number;
  readonly instances: number;
  readonly materials: number;
  /** To be put back above it. */
  readonly environment: EnvironmentMap | undefined;
}

function needsDecoder({ name, encoding }: FlatImage): KernelError {
  return new KernelError('invalid-scene', `image ${name} is a ${encoding} file, and nobody decodes it`);
}

class WasmKernel implements Kernel {
  readonly #kernel: KernelInstance;
  /** Where the scene begins. */
  readonly #base: number;
  /** Where the environment begins. */
  #sceneEnd: number;
  #placed: PlacedScene | undefined;
  #environment: { readonly address: number; readonly width: number; readonly height: number } | undefined;
  #view: { readonly width: number; readonly height: number } | undefined;

  constructor(kernel: KernelInstance) {
    this.#kernel = kernel;
    this.#base = kernel.wasm.mark() >>> 0;
    this.#sceneEnd = this.#base;
  }

  get discardedSamples(): number {
    return this.#kernel.wasm.discardedSamples() >>> 0;
  }

  loadScene(scene: FlatScene): KernelSceneInfo {
    const steps = this.#placing(scene);
    let step = steps.next();
    while (!step.done) {
      const { image, texels } = step.value;
      if (image.encoding === 'rgba') texels.set(image.bytes);
      step = image.encoding === 'rgba' ? steps.next() : steps.throw(needsDecoder(image));
    }
    return this.buildPlaced();
  }

  async loadPictured(
    scene: FlatScene,
    writeTexels: (image: FlatImage, target: Uint8Array) => Promise<void>,
  ): Promise<KernelSceneInfo> {
    await this.placePictured(scene, writeTexels);
    return this.buildPlaced();
  }

  async placePictured(
    scene: FlatScene,
    writeTexels: (image: FlatImage, target: Uint8Array) => Promise<void>,
  ): Promise<void> {
    const steps = this.#placing(scene);
    let step = steps.next();
    while (!step.done) {
      const { image, texels } = step.value;
      step = await writeTexels(image, texels).then(
        () => steps.next(),
        (error: unknown) => steps.throw(error),
      );
    }
  }

  /** Asks for the texels of one image after the other. Given an error instead, it leaves no scene behind. */
  *#placing(scene: FlatScene): Generator<ImageToFill, void, void> {
    checkScene(scene);
    const environment = this.#takeEnvironment();
    this.#dropScene();
    try {
      for (const place of placeScene(this.#kernel, scene)) {
        yield { image: place.image, texels: texelsAt(this.#kernel, place) };
        arrangeTexels(this.#kernel, place);
      }
    } catch (error) {
      this.#dropScene();
      throw error;
    }
    this.#placed = {
      triangles: scene.indices.length / 3,
      instances: scene.instanceMeshes.length,
      materials: scene.materials.length,
      environment,
    };
  }

  buildPlaced(): KernelSceneInfo {
    const placed = this.#placed;
    if (!placed) throw new KernelError('invalid-scene', 'no scene was placed: call placePictured first');
    this.#placed = undefined;
    const { wasm } = this.#kernel;
    const { environment } = placed;
    try {
      const info = this.#finish(placed);
      if (environment) this.#placeEnvironment(environment);
      else wasm.prepareLights();
      return { ...info, memoryBytes: this.#kernel.memory.buffer.byteLength };
    } catch (error) {
      this.#dropScene();
      throw error;
    }
  }

  /** Hierarchy and lights over the tables that are written. */
  #finish({ triangles, instances, materials }: PlacedScene): Omit<KernelSceneInfo, 'memoryBytes'> {
    const { wasm } = this.#kernel;
    const start = performance.now();
    const nodes = wasm.finishScene(materials);
    if (nodes === layout.NOT_FINITE) {
      throw new KernelError(
        'invalid-scene',
        'the scene is damaged: a position is not a finite number, or an instance carries it out of range',
      );
    }
    if (nodes < 0) {
      throw new KernelError(
        'out-of-memory',
        `no memory for the hierarchy over ${triangles} triangles and ${instances} instances: the scene is too large`,
      );
    }
    this.#sceneEnd = wasm.mark() >>> 0;
    return {
      triangles,
      instances,
      emissiveTriangles: wasm.emissiveTriangles() >>> 0,
      bvhNodes: nodes,
      bvhMilliseconds: performance.now() - start,
    };
  }

  setEnvironment(
    environment: EnvironmentMap | readonly [number, number, number],
    { strength, rotation }: EnvironmentPlacement = AS_IT_IS,
  ): void {
    const isPlacement = strength >= 0 && strength <= MAX_STRENGTH && rotation >= 0 && rotation <= 1;
    if (!isPlacement) {
      throw new KernelError(
        'invalid-environment',
        `an environment cannot have strength ${strength} and a rotation of ${rotation} turns`,
      );
    }
    if (!('rgb' in environment)) {
      const [r, g, b] = environment;
      if (![r, g, b].every((value) => value >= 0 && value <= 1e15)) {
        throw new KernelError('invalid-environment', `a colour of ${environment.join(', ')} is no light`);
      }
      this.#dropEnvironment();
      this.#kernel.wasm.setEnvironmentPlacement(strength, rotation);
      this.#kernel.wasm.setEnvironmentConstant(r, g, b);
      this.#kernel.wasm.prepareLights();
      return;
    }
    checkEnvironment(environment);
    this.#dropEnvironment();
    this.#kernel.wasm.setEnvironmentPlacement(strength, rotation);
    this.#placeEnvironment(environment);
  }

  setView(view: KernelView): void {
    checkView(view);
    writeView(this.#kernel, view);
    this.#view = { width: view.width, height: view.height };
  }

  renderBlock(block: BlockBounds): Float32Array {
    return this.#sums(block, 3, this.#kernel.wasm.renderBlock);
  }

  renderGuides(block: BlockBounds): Float32Array {
    return this.#sums(block, GUIDE_FLOATS, this.#kernel.wasm.renderGuides);
  }

  #sums(block: BlockBounds, floats: number, render: KernelExports['renderBlock']): Float32Array {
    this.#checkBlock(block);
    const { wasm, memory } = this.#kernel;
    const { x, y, width, height, firstSample, sampleCount } = block;
    const length = width * height * floats;
    const mark = wasm.mark() >>> 0;
    const sums = allocate(this.#kernel, length * 4 + layout.ARRAY_PADDING, 'a Block');
    new Float32Array(memory.buffer, sums, length).fill(0);
    render(sums, x, y, width, height, firstSample, sampleCount);
    const copy = new Float32Array(memory.buffer, sums, length).slice();
    wasm.release(mark);
    return copy;
  }

  #checkBlock({ x, y, width, height, firstSample, sampleCount }: BlockBounds): void {
    const view = this.#view;
    if (view === undefined) throw new KernelError('invalid-view', 'no view was set: call setView first');
    const isWhole = [x, y, width, height, firstSample, sampleCount].every(
      (value) => Number.isInteger(value) && value >= 0,
    );
    const fits =
      isWhole &&
      width >= 1 &&
      height >= 1 &&
      sampleCount >= 1 &&
      x + width <= view.width &&
      y + height <= view.height &&
      firstSample + sampleCount <= MAX_SAMPLES &&
      width * height <= MAX_BLOCK_PIXELS &&
      width * height * sampleCount < MAX_BLOCK_SAMPLES;
    if (!fits) {
      throw new KernelError(
        'invalid-block',
        `the Block ${width} x ${height} at ${x}, ${y} with ${sampleCount} samples from ${firstSample} does not fit the frame ${view.width} x ${view.height}`,
      );
    }
  }

  #dropScene(): void {
    const { wasm } = this.#kernel;
    this.#placed = undefined;
    wasm.clearScene();
    this.#dropEnvironment();
    wasm.release(this.#base);
    this.#sceneEnd = this.#base;
    wasm.prepareLights();
  }

  #dropEnvironment(): void {
    if (!this.#environment) return;
    const { wasm } = this.#kernel;
    wasm.setEnvironmentConstant(0, 0, 0);
    wasm.release(this.#sceneEnd);
    this.#environment = undefined;
  }

  #placeEnvironment({ width, height, rgb }: EnvironmentMap): void {
    const { wasm, memory } = this.#kernel;
    const address = wasm.allocEnvironment(width, height) >>> 0;
    const isPlaced = address !== 0;
    if (isPlaced) new Float32Array(memory.buffer, address, rgb.length).set(rgb);
    if (!isPlaced || wasm.setEnvironmentMap() < 0) {
      wasm.setEnvironmentConstant(0, 0, 0);
      wasm.release(this.#sceneEnd);
      wasm.prepareLights();
      throw new KernelError('out-of-memory', `no memory for an environment of ${width} x ${height}`);
    }
    this.#environment = { address, width, height };
    wasm.prepareLights();
  }

  /** The map in memory, copied out so that it can be put back above another scene. */
  #takeEnvironment(): EnvironmentMap | undefined {
    if (!this.#environment) return undefined;
    const { address, width, height } = this.#environment;
    const rgb = new Float32Array(this.#kernel.memory.buffer, address, width * height * 3).slice();
    return { width, height, rgb };
  }
}

/** @throws KernelError `unusable-kernel` */
export async function createKernel(wasm: WebAssembly.Module | BufferSource): Promise<Kernel> {
  return kernelOf(await instantiate(wasm));
}

/** A kernel over an instance that someone else keeps a hand on: tests set the strategy there. */
export function kernelOf(instance: KernelInstance): Kernel {
  return new WasmKernel(instance);
}
