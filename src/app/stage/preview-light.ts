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

export type PreviewEnvironment = EnvironmentMap | readonly [number, number, number];

export class PreviewLight {
  readonly #scene: Scene;
  readonly #lamps = new Group();
  #texture: DataTexture | undefined;

  constructor(scene: Scene) {
    this.#scene = scene;
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
      this.#lamps.visible = isBlack;
      this.#scene.background = new Color().setRGB(red, green, blue);
      this.#scene.environment = isBlack ? null : this.#own(flat(environment));
    } else {
      this.#lamps.visible = false;
      const map = this.#own(panorama(environment));
      this.#scene.background = map;
      this.#scene.environment = map;
    }
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

/** Our first row is +Y and the first column looks along -X; three's equirect texture is the same with rows from below. */
function panorama({ width, height, rgb }: EnvironmentMap): DataTexture {
  const texels = new Float32Array(4 * width * height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const from = 3 * (row * width + column);
      const to = 4 * ((height - 1 - row) * width + column);
      texels[to] = rgb[from] ?? 0;
      texels[to + 1] = rgb[from + 1] ?? 0;
      texels[to + 2] = rgb[from + 2] ?? 0;
      texels[to + 3] = 1;
    }
  }
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
