/** What lights the preview: the chosen environment, or, where that is black, lamps that at least show the shapes. */
import {
  Color,
  DataTexture,
  DirectionalLight,
  EquirectangularReflectionMapping,
  FloatType,
  Group,
  HemisphereLight,
  LinearFilter,
  RGBAFormat,
  type Scene,
} from 'three';
import type { EnvironmentMap } from '../../render/scene/index.ts';
import { linearTexels } from './panorama.ts';

export type PreviewEnvironment = EnvironmentMap | readonly [number, number, number];

export class PreviewLight {
  readonly #scene: Scene;
  /** Not the scene's: they show the shapes where nothing else would. */
  readonly #lamps = new Group();
  readonly #hasOwnLight: boolean;
  #texture: DataTexture | undefined;

  /** @param hasOwnLight the scene is lit without an environment, too */
  constructor(scene: Scene, hasOwnLight: boolean) {
    this.#scene = scene;
    this.#hasOwnLight = hasOwnLight;
    const sun = new DirectionalLight(0xffffff, 1.5);
    sun.position.set(0.4, 1, 0.6);
    this.#lamps.add(new HemisphereLight(0xffffff, 0x777777, 1.5), sun);
    scene.add(this.#lamps);
  }

  set(environment: PreviewEnvironment): void {
    this.#texture?.dispose();
    this.#texture = undefined;
    if (isColour(environment)) {
      const [red, green, blue] = environment;
      const isBlack = red + green + blue === 0;
      this.#lamps.visible = isBlack && !this.#hasOwnLight;
      this.#scene.background = new Color().setRGB(red, green, blue);
      this.#scene.environment = isBlack ? null : this.#own(flat(environment));
    } else {
      this.#lamps.visible = false;
      const map = this.#own(panorama(environment));
      this.#scene.background = map;
      this.#scene.environment = map;
    }
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
  }

  #own(texture: DataTexture): DataTexture {
    this.#texture = texture;
    return texture;
  }
}

const isColour = (environment: PreviewEnvironment): environment is readonly [number, number, number] =>
  Array.isArray(environment);

function panorama(map: EnvironmentMap): DataTexture {
  const { texels, width, height } = linearTexels(map);
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
