/**
 * One instance of the compiled kernel and its memory. Everything that crosses the border is a number; arrays are written
 * into the memory through fresh views, because a view dies whenever the memory grows.
 */
import { messageOf } from '../../runtime/index.ts';
import { KernelError } from './errors.ts';

/** What assembly/index.ts exports; addresses are byte offsets into the memory. */
export interface KernelExports {
  alloc(bytes: number, align: number): number;
  mark(): number;
  release(mark: number): void;
  limitMemory(end: number): void;
  /** Address of what `adoptScene` of another instance over the same memory takes; 0: no memory. */
  saveScene(): number;
  adoptScene(state: number): number;
  sceneRecord(): number;
  viewRecord(): number;
  clearScene(): void;
  /** Puts the texels of an image, written row by row, in the order in which they are looked up. 0, or OUT_OF_MEMORY. */
  arrangeTexels(address: number, width: number, height: number): number;
  finishScene(materialCount: number): number;
  /** Lets others help with what is built next. Address of what `helpBuild` takes, 0 where nobody can. */
  openCrew(): number;
  closeCrew(): void;
  /** Returns when it is built, or the crew was stopped: how many items it has done. */
  helpBuild(crew: number): number;
  emissiveTriangles(): number;
  allocEnvironment(width: number, height: number): number;
  /** Strength, and rotation in turns, of what is set next. */
  setEnvironmentPlacement(strength: number, rotation: number): void;
  setEnvironmentMap(): number;
  setEnvironmentConstant(r: number, g: number, b: number): void;
  prepareLights(): void;
  prepareView(): void;
  renderBlock(
    sums: number,
    x: number,
    y: number,
    width: number,
    height: number,
    firstSample: number,
    sampleCount: number,
  ): void;
  renderGuides(
    sums: number,
    x: number,
    y: number,
    width: number,
    height: number,
    firstSample: number,
    sampleCount: number,
  ): void;
  discardedSamples(): number;
  /** 0 both, 1 aimed shadow rays only, 2 scattered rays only. For tests. */
  setStrategy(strategy: number): void;
  /** 32 bits of dimension 0..3 of a set of one sample of one pixel. For tests. */
  sampleBits(x: number, y: number, sample: number, seed: number, set: number, dimension: number): number;
  /** The scattering at a point of a triangle seen along -(x, y, z): see assembly/probe.ts. For tests. */
  probeSurface(
    triangle: number,
    u: number,
    v: number,
    x: number,
    y: number,
    z: number,
    color: number,
  ): number;
  /** Address of (f cos) RGB and density. For tests. */
  probeValue(x: number, y: number, z: number): number;
  /** Address of a direction. For tests. */
  probeSample(u1: number, u2: number, lobe: number): number;
}

const EXPORTS: readonly (keyof KernelExports)[] = [
  'alloc',
  'mark',
  'release',
  'limitMemory',
  'saveScene',
  'adoptScene',
  'sceneRecord',
  'viewRecord',
  'clearScene',
  'arrangeTexels',
  'finishScene',
  'openCrew',
  'closeCrew',
  'helpBuild',
  'emissiveTriangles',
  'allocEnvironment',
  'setEnvironmentPlacement',
  'setEnvironmentMap',
  'setEnvironmentConstant',
  'prepareLights',
  'prepareView',
  'renderBlock',
  'renderGuides',
  'discardedSamples',
  'setStrategy',
  'sampleBits',
  'probeSurface',
  'probeValue',
  'probeSample',
];

export interface KernelInstance {
  readonly memory: WebAssembly.Memory;
  readonly wasm: KernelExports;
}

function isKernel(exports: WebAssembly.Exports): exports is WebAssembly.Exports & KernelExports {
  return EXPORTS.every((name) => typeof exports[name] === 'function');
}

/** The whole of a 32-bit address space, in pages of 64 KiB. */
const MAX_PAGES = 65_536;

/** A memory of one's own. `maximumPages` bounds what scenes may take. @throws KernelError `unusable-kernel` */
export async function instantiate(
  source: WebAssembly.Module | BufferSource,
  maximumPages = MAX_PAGES,
): Promise<KernelInstance> {
  return instantiateOver(source, () => new WebAssembly.Memory({ initial: 32, maximum: maximumPages }));
}

/** A memory for several instances of the shared kernel. @throws RangeError where the address space has no room */
export function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 32, maximum: MAX_PAGES, shared: true });
}

/** `heapStart`: where the instance's part of the memory begins, 0: at the beginning. @throws KernelError `unusable-kernel` */
export async function instantiateOver(
  source: WebAssembly.Module | BufferSource,
  memoryOf: () => WebAssembly.Memory,
  heapStart = 0,
): Promise<KernelInstance> {
  try {
    const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
    const memory = memoryOf();
    const abort = (): never => {
      throw new KernelError('unusable-kernel', 'the kernel stopped itself: please report this scene');
    };
    const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort, heapStart } });
    if (!isKernel(exports)) throw new Error('it exports something else');
    return { memory, wasm: exports };
  } catch (cause) {
    throw new KernelError(
      'unusable-kernel',
      `the kernel does not start here (WebAssembly SIMD is needed; rebuild with npm run build:kernel): ${messageOf(cause)}`,
      { cause },
    );
  }
}
