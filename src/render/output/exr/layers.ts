/**
 * Which channels an EXR gets, by the names that compositors know: the picture itself as plain R, G, B, everything else as
 * `layer.component`, as OpenEXR's "Interpreting OpenEXR channels" has it. Nuke, tev and Blender list the layers albedo,
 * normal, depth and samples; the names `depth.Z` and `albedo.R` are Nuke's own.
 */
import { LeafcutterError } from '../../../runtime/index.ts';

/** Everything but the picture is optional. Row-major; floats a pixel as said. */
export interface ExrLayers {
  /** RGB. */
  readonly albedo?: Float32Array;
  /** XYZ, world space. */
  readonly normal?: Float32Array;
  /** Metres along the ray; what is not beyond 0 (nothing was hit) is written as FAR_DEPTH. */
  readonly depth?: Float32Array;
  /** Samples a pixel. */
  readonly samples?: Float32Array | Uint32Array;
}

/** Where nothing was hit: far away, as Blender writes it, so that a blur or a merge by depth sees the sky behind all. */
export const FAR_DEPTH = 1e10;

export interface Channel {
  readonly name: string;
  readonly isHalf: boolean;
  readonly values: Float32Array | Uint32Array;
  /** The first value, and how far the next pixel's is. */
  readonly offset: number;
  readonly stride: number;
}

/**
 * In the alphabetic order of their names that the format wants.
 * @throws LeafcutterError `bad-exr-input` where a layer has not one value a pixel and component
 */
export function channelsOf(
  picture: Float32Array,
  layers: ExrLayers,
  pixels: number,
  isHalf: boolean,
): readonly Channel[] {
  const channels: Channel[] = [];
  const add = (
    prefix: string,
    components: readonly string[],
    values: Float32Array | Uint32Array,
    canBeHalf = true,
  ): void => {
    const stride = components.length;
    if (values.length !== stride * pixels) {
      throw new LeafcutterError(
        'bad-exr-input',
        `${values.length} values are not ${stride} for each of ${pixels} pixels of "${prefix || 'picture'}"`,
      );
    }
    components.forEach((component, offset) => {
      channels.push({ name: prefix + component, isHalf: isHalf && canBeHalf, values, offset, stride });
    });
  };
  add('', ['R', 'G', 'B'], picture);
  if (layers.albedo) add('albedo.', ['R', 'G', 'B'], layers.albedo);
  if (layers.normal) add('normal.', ['X', 'Y', 'Z'], layers.normal);
  // Half has 11 bits: too few to tell two walls at ten metres, or 4000 samples from 4001.
  if (layers.depth)
    add(
      'depth.',
      ['Z'],
      layers.depth.map((z) => (z > 0 ? z : FAR_DEPTH)),
      false,
    );
  if (layers.samples) add('samples.', ['N'], layers.samples, false);
  return channels.sort((a, b) => (a.name < b.name ? -1 : 1));
}
