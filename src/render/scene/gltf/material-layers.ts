/**
 * The layers and media that glTF's extensions put onto a material. A layer whose factor is 0 is not there at all (its
 * texture only multiplies), so that what a scene does not show costs the kernel nothing.
 */
import type {
  FlatAnisotropy,
  FlatClearcoat,
  FlatDiffuseTransmission,
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
  'volume' | 'specular' | 'clearcoat' | 'sheen' | 'anisotropy' | 'iridescence' | 'diffuseTransmission'
>;

const BLACK = [0, 0, 0] as const;
const WHITE = [1, 1, 1] as const;

/** @param transmits light passes the surface: only then has it an inside to speak of */
export function readLayers(reader: MaterialReader, transmits: boolean): Layers {
  const volume = transmits ? readVolume(reader) : undefined;
  const specular = readSpecular(reader);
  const clearcoat = readClearcoat(reader);
  const sheen = readSheen(reader);
  const anisotropy = readAnisotropy(reader);
  const iridescence = readIridescence(reader);
  const diffuseTransmission = readDiffuseTransmission(reader);
  return {
    ...(volume && { volume }),
    ...(specular && { specular }),
    ...(clearcoat && { clearcoat }),
    ...(sheen && { sheen }),
    ...(anisotropy && { anisotropy }),
    ...(iridescence && { iridescence }),
    ...(diffuseTransmission && { diffuseTransmission }),
  };
}

/**
 * The thickness only says that there is an inside; its value and texture are a rasterizer's estimate of a distance that
 * rays measure. For the same reason the node's scale leaves attenuationDistance alone: it is in metres of the world.
 */
function readVolume(reader: MaterialReader): FlatVolume | undefined {
  const { thicknessFactor, attenuationDistance, attenuationColor } = reader.extension('volume') ?? {};
  if (reader.within(thicknessFactor, 0, 0, MAX_DISTANCE, 'thicknessFactor') === 0) return undefined;
  const { dispersion } = reader.extension('dispersion') ?? {};
  const [r, g, b] = reader.colour(attenuationColor, WHITE, 0, 1, 'attenuationColor');
  const black = (channel: number): number => Math.max(channel, MIN_ATTENUATION_COLOR);
  return {
    attenuationDistance: readDistance(reader, attenuationDistance),
    attenuationColor: [black(r), black(g), black(b)],
    dispersion: reader.within(dispersion, 0, 0, MAX_IOR, 'dispersion'),
  };
}

/** Exporters that cannot write infinity write the largest number that they know. */
function readDistance(reader: MaterialReader, value: unknown): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  const field = 'attenuationDistance';
  const distance = reader.within(value, MAX_DISTANCE, MIN_DISTANCE, Number.MAX_VALUE, field);
  return distance >= MAX_DISTANCE ? Number.POSITIVE_INFINITY : distance;
}

function readSpecular(reader: MaterialReader): FlatSpecular | undefined {
  const { specularFactor, specularTexture, specularColorFactor, specularColorTexture } =
    reader.extension('specular') ?? {};
  const specular: FlatSpecular = {
    strength: reader.within(specularFactor, 1, 0, 1, 'specularFactor'),
    strengthTexture: reader.texture(specularTexture, 'specularTexture'),
    color: reader.colour(specularColorFactor, WHITE, 0, MAX_SPECULAR_COLOR, 'specularColorFactor'),
    colorTexture: reader.texture(specularColorTexture, 'specularColorTexture'),
  };
  const { strength, strengthTexture, color, colorTexture } = specular;
  const isPlain = strength === 1 && color.every((channel) => channel === 1);
  return isPlain && strengthTexture < 0 && colorTexture < 0 ? undefined : specular;
}

function readClearcoat(reader: MaterialReader): FlatClearcoat | undefined {
  const { clearcoatFactor, clearcoatTexture, clearcoatRoughnessFactor, ...textures } =
    reader.extension('clearcoat') ?? {};
  const strength = reader.within(clearcoatFactor, 0, 0, 1, 'clearcoatFactor');
  if (strength === 0) return undefined;
  const { clearcoatRoughnessTexture, clearcoatNormalTexture } = textures;
  return {
    strength,
    strengthTexture: reader.texture(clearcoatTexture, 'clearcoatTexture'),
    roughness: reader.within(clearcoatRoughnessFactor, 0, 0, 1, 'clearcoatRoughnessFactor'),
    roughnessTexture: reader.texture(clearcoatRoughnessTexture, 'clearcoatRoughnessTexture'),
    normalTexture: reader.texture(clearcoatNormalTexture, 'clearcoatNormalTexture'),
    normalScale: reader.normalScale(clearcoatNormalTexture, 'clearcoatNormalTexture'),
  };
}

function readSheen(reader: MaterialReader): FlatSheen | undefined {
  const { sheenColorFactor, sheenColorTexture, sheenRoughnessFactor, sheenRoughnessTexture } =
    reader.extension('sheen') ?? {};
  const color = reader.colour(sheenColorFactor, BLACK, 0, 1, 'sheenColorFactor');
  if (color.every((channel) => channel === 0)) return undefined;
  return {
    color,
    colorTexture: reader.texture(sheenColorTexture, 'sheenColorTexture'),
    roughness: reader.within(sheenRoughnessFactor, 0, 0, 1, 'sheenRoughnessFactor'),
    roughnessTexture: reader.texture(sheenRoughnessTexture, 'sheenRoughnessTexture'),
  };
}

function readAnisotropy(reader: MaterialReader): FlatAnisotropy | undefined {
  const { anisotropyStrength, anisotropyRotation, anisotropyTexture } = reader.extension('anisotropy') ?? {};
  const strength = reader.within(anisotropyStrength, 0, 0, 1, 'anisotropyStrength');
  if (strength === 0) return undefined;
  return {
    strength,
    rotation: reader.within(anisotropyRotation, 0, -MAX_ANGLE, MAX_ANGLE, 'anisotropyRotation'),
    texture: reader.texture(anisotropyTexture, 'anisotropyTexture'),
  };
}

function readDiffuseTransmission(reader: MaterialReader): FlatDiffuseTransmission | undefined {
  const {
    diffuseTransmissionFactor,
    diffuseTransmissionTexture,
    diffuseTransmissionColorFactor,
    diffuseTransmissionColorTexture,
  } = reader.extension('diffuse_transmission') ?? {};
  const strength = reader.within(diffuseTransmissionFactor, 0, 0, 1, 'diffuseTransmissionFactor');
  if (strength === 0) return undefined;
  return {
    strength,
    strengthTexture: reader.texture(diffuseTransmissionTexture, 'diffuseTransmissionTexture'),
    color: reader.colour(diffuseTransmissionColorFactor, WHITE, 0, 1, 'diffuseTransmissionColorFactor'),
    colorTexture: reader.texture(diffuseTransmissionColorTexture, 'diffuseTransmissionColorTexture'),
  };
}

function readIridescence(reader: MaterialReader): FlatIridescence | undefined {
  const def = reader.extension('iridescence') ?? {};
  const { iridescenceFactor, iridescenceTexture, iridescenceIor, iridescenceThicknessTexture } = def;
  const { iridescenceThicknessMinimum: thinnest, iridescenceThicknessMaximum: thickest } = def;
  const strength = reader.within(iridescenceFactor, 0, 0, 1, 'iridescenceFactor');
  if (strength === 0) return undefined;
  return {
    strength,
    strengthTexture: reader.texture(iridescenceTexture, 'iridescenceTexture'),
    ior: reader.within(iridescenceIor, 1.3, 1, MAX_IOR, 'iridescenceIor'),
    thicknessMinimum: reader.within(thinnest, 100, 0, MAX_THICKNESS, 'iridescenceThicknessMinimum'),
    thicknessMaximum: reader.within(thickest, 400, 0, MAX_THICKNESS, 'iridescenceThicknessMaximum'),
    thicknessTexture: reader.texture(iridescenceThicknessTexture, 'iridescenceThicknessTexture'),
  };
}
