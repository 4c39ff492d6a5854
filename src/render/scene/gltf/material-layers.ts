/**
 * The layers and media that glTF's extensions put onto a material. A layer whose factor is 0 is not there at all (its
 * texture only multiplies), so that what a scene does not show costs the kernel nothing.
 */
import type {
  FlatAnisotropy,
  FlatClearcoat,
  FlatIridescence,
  FlatMaterial,
  FlatSheen,
  FlatSpecular,
  FlatVolume,
} from '../format.ts';
import {
  MAX_ANGLE,
  MAX_DISTANCE,
  MAX_IOR,
  MAX_SPECULAR_COLOR,
  MAX_THICKNESS,
  MIN_ATTENUATION_COLOR,
  MIN_DISTANCE,
} from '../limits.ts';
import type { MaterialReader } from './material-reader.ts';

type Layers = Pick<
  FlatMaterial,
  'volume' | 'specular' | 'clearcoat' | 'sheen' | 'anisotropy' | 'iridescence'
>;

const BLACK = [0, 0, 0];
const WHITE = [1, 1, 1];

/** @param transmits light passes the surface: only then has it an inside to speak of */
export function readLayers(reader: MaterialReader, transmits: boolean): Layers {
  const volume = transmits ? readVolume(reader) : undefined;
  const specular = readSpecular(reader);
  const clearcoat = readClearcoat(reader);
  const sheen = readSheen(reader);
  const anisotropy = readAnisotropy(reader);
  const iridescence = readIridescence(reader);
  return {
    ...(volume && { volume }),
    ...(specular && { specular }),
    ...(clearcoat && { clearcoat }),
    ...(sheen && { sheen }),
    ...(anisotropy && { anisotropy }),
    ...(iridescence && { iridescence }),
  };
}

/**
 * The thickness only says that there is an inside; its value and texture are a rasterizer's estimate of a distance that
 * rays measure. For the same reason the node's scale leaves attenuationDistance alone: it is in metres of the world.
 */
function readVolume(reader: MaterialReader): FlatVolume | undefined {
  const {
    thicknessFactor = 0,
    attenuationDistance,
    attenuationColor = WHITE,
  } = reader.extension('volume') ?? {};
  if (reader.within(thicknessFactor, 0, MAX_DISTANCE, 'thicknessFactor') === 0) return undefined;
  const { dispersion = 0 } = reader.extension('dispersion') ?? {};
  const [r, g, b] = reader.colour(attenuationColor, 0, 1, 'attenuationColor');
  const black = (channel: number): number => Math.max(channel, MIN_ATTENUATION_COLOR);
  return {
    attenuationDistance: readDistance(reader, attenuationDistance),
    attenuationColor: [black(r), black(g), black(b)],
    dispersion: reader.within(dispersion, 0, MAX_IOR, 'dispersion'),
  };
}

/** Exporters that cannot write infinity write the largest number that they know. */
function readDistance(reader: MaterialReader, value: unknown): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  const field = 'attenuationDistance';
  const distance = reader.within(value, MIN_DISTANCE, Number.MAX_VALUE, field);
  return distance > MAX_DISTANCE ? Number.POSITIVE_INFINITY : distance;
}

function readSpecular(reader: MaterialReader): FlatSpecular | undefined {
  const {
    specularFactor = 1,
    specularTexture,
    specularColorFactor = WHITE,
    specularColorTexture,
  } = reader.extension('specular') ?? {};
  const specular: FlatSpecular = {
    strength: reader.within(specularFactor, 0, 1, 'specularFactor'),
    strengthTexture: reader.texture(specularTexture, 'specularTexture'),
    color: reader.colour(specularColorFactor, 0, MAX_SPECULAR_COLOR, 'specularColorFactor'),
    colorTexture: reader.texture(specularColorTexture, 'specularColorTexture'),
  };
  const { strength, strengthTexture, color, colorTexture } = specular;
  const isPlain = strength === 1 && color.every((channel) => channel === 1);
  return isPlain && strengthTexture < 0 && colorTexture < 0 ? undefined : specular;
}

function readClearcoat(reader: MaterialReader): FlatClearcoat | undefined {
  const {
    clearcoatFactor = 0,
    clearcoatTexture,
    clearcoatRoughnessFactor = 0,
    ...textures
  } = reader.extension('clearcoat') ?? {};
  const strength = reader.within(clearcoatFactor, 0, 1, 'clearcoatFactor');
  if (strength === 0) return undefined;
  const { clearcoatRoughnessTexture, clearcoatNormalTexture } = textures;
  return {
    strength,
    strengthTexture: reader.texture(clearcoatTexture, 'clearcoatTexture'),
    roughness: reader.within(clearcoatRoughnessFactor, 0, 1, 'clearcoatRoughnessFactor'),
    roughnessTexture: reader.texture(clearcoatRoughnessTexture, 'clearcoatRoughnessTexture'),
    normalTexture: reader.texture(clearcoatNormalTexture, 'clearcoatNormalTexture'),
    normalScale: reader.normalScale(clearcoatNormalTexture, 'clearcoatNormalTexture'),
  };
}

function readSheen(reader: MaterialReader): FlatSheen | undefined {
  const {
    sheenColorFactor = BLACK,
    sheenColorTexture,
    sheenRoughnessFactor = 0,
    sheenRoughnessTexture,
  } = reader.extension('sheen') ?? {};
  const color = reader.colour(sheenColorFactor, 0, 1, 'sheenColorFactor');
  if (color.every((channel) => channel === 0)) return undefined;
  return {
    color,
    colorTexture: reader.texture(sheenColorTexture, 'sheenColorTexture'),
    roughness: reader.within(sheenRoughnessFactor, 0, 1, 'sheenRoughnessFactor'),
    roughnessTexture: reader.texture(sheenRoughnessTexture, 'sheenRoughnessTexture'),
  };
}

function readAnisotropy(reader: MaterialReader): FlatAnisotropy | undefined {
  const {
    anisotropyStrength = 0,
    anisotropyRotation = 0,
    anisotropyTexture,
  } = reader.extension('anisotropy') ?? {};
  const strength = reader.within(anisotropyStrength, 0, 1, 'anisotropyStrength');
  if (strength === 0) return undefined;
  return {
    strength,
    rotation: reader.within(anisotropyRotation, -MAX_ANGLE, MAX_ANGLE, 'anisotropyRotation'),
    texture: reader.texture(anisotropyTexture, 'anisotropyTexture'),
  };
}

function readIridescence(reader: MaterialReader): FlatIridescence | undefined {
  const def = reader.extension('iridescence') ?? {};
  const {
    iridescenceFactor = 0,
    iridescenceTexture,
    iridescenceIor = 1.3,
    iridescenceThicknessTexture,
  } = def;
  const { iridescenceThicknessMinimum = 100, iridescenceThicknessMaximum = 400 } = def;
  const strength = reader.within(iridescenceFactor, 0, 1, 'iridescenceFactor');
  if (strength === 0) return undefined;
  const thickness = (value: unknown, field: string): number => reader.within(value, 0, MAX_THICKNESS, field);
  return {
    strength,
    strengthTexture: reader.texture(iridescenceTexture, 'iridescenceTexture'),
    ior: reader.within(iridescenceIor, 1, MAX_IOR, 'iridescenceIor'),
    thicknessMinimum: thickness(iridescenceThicknessMinimum, 'iridescenceThicknessMinimum'),
    thicknessMaximum: thickness(iridescenceThicknessMaximum, 'iridescenceThicknessMaximum'),
    thicknessTexture: reader.texture(iridescenceThicknessTexture, 'iridescenceThicknessTexture'),
  };
}
