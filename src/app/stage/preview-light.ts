/** What lights the preview: the chosen environment, or, where that is black, lamps that at least show the shapes. */
import {
  Color,
  DataTexture,
  DirectionalLight,
  EquirectangularReflectionMapping,
  FloatType,
  Group,
  HalfFloatType,
  HemisphereLight,
  LinearFilter,
  LinearMipmapLinearFilter,
  PMREMGenerator,
  RGBAFormat,
  type Scene,
  WebGLCubeRenderTarget,
  type WebGLRenderer,
} from 'three';
import type { EnvironmentMap } from '../../render/scene/index.ts';
import { linearTexels } from './panorama.ts';

type Environment = EnvironmentMap | readonly [number, number, number];

/**
 * Texels of a side of the cube that surfaces reflect. Three.js takes 256 at least, for which a GPU that is the processor itself works six
 * seconds; what a preview reflects looks the same.
 */
const REFLECTED_SIDE = 64;
/** Of its roughest level, as three.js has it. */
const ROUGHEST_SIDE = 8;

export class PreviewLight {
  readonly #scene: Scene;
  /** Not the scene's: they show the shapes where nothing else would. */
  readonly #lamps = new Group();
  #hasOwnLight = false;
  #isBlack = true;
  #texture: DataTexture | undefined;

  readonly #renderer: WebGLRenderer;
  #reflected: WebGLCubeRenderTarget | undefined;

  constructor(scene: Scene, renderer: WebGLRenderer) {
    this.#scene = scene;
    this.#renderer = renderer;
    const sun = new DirectionalLight(0xffffff, 1.5);
    sun.position.set(0.4, 1, 0.6);
    this.#lamps.add(new HemisphereLight(0xffffff, 0x777777, 1.5), sun);
    scene.add(this.#lamps);
  }

  /** The scene is lit without an environment, too. */
  set hasOwnLight(hasOwnLight: boolean) {
    this.#hasOwnLight = hasOwnLight;
    this.#showLamps();
  }

  /** What is seen is not lit by anything that the picture will have. */
  get isMadeUp(): boolean {
    return this.#lamps.visible;
  }

  set(environment: Environment): void {
    this.#texture?.dispose();
    this.#isBlack = isColour(environment) && environment.every((channel) => channel === 0);
    // Also of one colour it is a picture: three.js shows a plain background without exposure and curve.
    this.#texture = this.#isBlack ? undefined : textureOf(environment);
    this.#scene.background = this.#texture ?? new Color(0, 0, 0);
    this.reflect();
    this.#showLamps();
  }

  /** What surfaces reflect is drawn: also when the GPU has lost it. */
  reflect(): void {
    this.#reflected?.dispose();
    this.#reflected = this.#texture && reflected(this.#renderer, this.#texture);
    this.#scene.environment = this.#reflected?.texture ?? null;
  }

  /** `turns`: as RenderSettings.environmentRotation. */
  place(strength: number, turns: number): void {
    const angle = 2 * Math.PI * turns;
    this.#scene.backgroundIntensity = strength;
    this.#scene.environmentIntensity = strength;
    this.#scene.backgroundRotation.set(0, angle, 0);
    this.#scene.environmentRotation.set(0, angle, 0);
  }

  dispose(): void {
    this.#texture?.dispose();
    this.#reflected?.dispose();
  }

  #showLamps(): void {
    this.#lamps.visible = this.#isBlack && !this.#hasOwnLight;
  }
}

const isColour = (environment: Environment): environment is readonly [number, number, number] =>
  Array.isArray(environment);

function textureOf(environment: Environment): DataTexture {
  if (isColour(environment)) return flat(environment);
  const { texels, width, height } = linearTexels(environment);
  return equirectangular(texels, width, height);
}

function flat([red, green, blue]: readonly [number, number, number]): DataTexture {
  const texels = new Float32Array(4 * 64 * 32);
  for (let at = 0; at < texels.length; at += 4) texels.set([red, green, blue, 1], at);
  return equirectangular(texels, 64, 32);
}

function equirectangular(texels: Float32Array<ArrayBuffer>, width: number, height: number): DataTexture {
  const texture = new DataTexture(texels, width, height, RGBAFormat, FloatType);
  texture.mapping = EquirectangularReflectionMapping;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/** The light as surfaces of each roughness reflect it. */
function reflected(renderer: WebGLRenderer, texture: DataTexture): WebGLCubeRenderTarget {
  const target = new WebGLCubeRenderTarget(REFLECTED_SIDE, {
    type: HalfFloatType,
    minFilter: LinearMipmapLinearFilter,
    depthBuffer: false,
  });
  const mipmaps = [];
  for (let side = REFLECTED_SIDE; side >= ROUGHEST_SIDE; side /= 2) {
    mipmaps.push({ width: side, height: side });
  }
  Object.assign(target.texture, { mipmaps, isPMREMTexture: true });
  const generator = new PMREMGenerator(renderer);
  generator.fromEquirectangular(texture, target);
  generator.dispose();
  return target;
}
