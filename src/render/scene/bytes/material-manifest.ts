/** A material of an encoded scene's manifest, every number of it checked: what passes may go to the kernel. */
import { CheckedJson, type JsonObject } from '../checked-json.ts';
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
  MAX_RADIANCE,
  MAX_SPECULAR_COLOR,
  MAX_THICKNESS,
  MIN_ATTENUATION_COLOR,
  MIN_DISTANCE,
} from '../limits.ts';

const json = new CheckedJson('blob-damaged');

/** The fields of one object of the manifest. */
class Fields {
  readonly #owner: JsonObject;
  readonly #part: string;
  readonly #textureCount: number;

  constructor(value: unknown, part: string, textureCount: number) {
    this.#owner = json.object(value, part);
    this.#part = part;
    this.#textureCount = textureCount;
  }

  raw(field: string): unknown {
    return this.#owner[field];
  }

  within(field: string, min: number, max: number): number {
    return json.numberWithin(this.#owner[field], min, max, `${this.#part}.${field}`);
  }

  /** JSON has no infinity and writes null for it. */
  distance(field: string): number {
    return json.distance(this.#owner[field], MIN_DISTANCE, MAX_DISTANCE, `${this.#part}.${field}`);
  }

  colour(field: string, min: number, max: number): readonly [number, number, number] {
    const [r = 0, g = 0, b = 0] = json.numbersWithin(
      this.#owner[field],
      3,
      min,
      max,
      `${this.#part}.${field}`,
    );
    return [r, g, b];
  }

  texture(field: string): number {
    const value = this.#owner[field];
    return value === -1 ? -1 : json.index(value, this.#textureCount, `${this.#part}.${field}`);
  }

  inner<T>(field: string, read: (fields: Fields) => T): T | undefined {
    const value = this.#owner[field];
    return value === undefined
      ? undefined
      : read(new Fields(value, `${this.#part}.${field}`, this.#textureCount));
  }
}

export function readMaterial(value: unknown, textureCount: number, part: string): FlatMaterial {
  const fields = new Fields(value, part, textureCount);
  const [r = 1, g = 1, b = 1, a = 1] = json.numbersWithin(
    fields.raw('baseColor'),
    4,
    0,
    1,
    `${part}.baseColor`,
  );
  const volume = fields.inner('volume', readVolume);
  const specular = fields.inner('specular', readSpecular);
  const clearcoat = fields.inner('clearcoat', readClearcoat);
  const sheen = fields.inner('sheen', readSheen);
  const anisotropy = fields.inner('anisotropy', readAnisotropy);
  const iridescence = fields.inner('iridescence', readIridescence);
  const diffuseTransmission = fields.inner('diffuseTransmission', readDiffuseTransmission);
  return {
    name: json.text(fields.raw('name'), `${part}.name`),
    baseColor: [r, g, b, a],
    baseColorTexture: fields.texture('baseColorTexture'),
    metallic: fields.within('metallic', 0, 1),
    roughness: fields.within('roughness', 0, 1),
    metallicRoughnessTexture: fields.texture('metallicRoughnessTexture'),
    emissive: fields.colour('emissive', 0, MAX_RADIANCE),
    emissiveTexture: fields.texture('emissiveTexture'),
    normalTexture: fields.texture('normalTexture'),
    normalScale: json.number(fields.raw('normalScale'), `${part}.normalScale`),
    alphaMode: json.oneOf(fields.raw('alphaMode'), ['opaque', 'mask', 'blend'], `${part}.alphaMode`),
    alphaCutoff: json.number(fields.raw('alphaCutoff'), `${part}.alphaCutoff`),
    doubleSided: json.boolean(fields.raw('doubleSided'), false, `${part}.doubleSided`),
    unlit: json.boolean(fields.raw('unlit'), false, `${part}.unlit`),
    ior: fields.within('ior', 0, MAX_IOR),
    transmission: fields.within('transmission', 0, 1),
    transmissionTexture: fields.texture('transmissionTexture'),
    ...(volume && { volume }),
    ...(specular && { specular }),
    ...(clearcoat && { clearcoat }),
    ...(sheen && { sheen }),
    ...(anisotropy && { anisotropy }),
    ...(iridescence && { iridescence }),
    ...(diffuseTransmission && { diffuseTransmission }),
  };
}

function readVolume(fields: Fields): FlatVolume {
  return {
    attenuationDistance: fields.distance('attenuationDistance'),
    attenuationColor: fields.colour('attenuationColor', MIN_ATTENUATION_COLOR, 1),
    dispersion: fields.within('dispersion', 0, MAX_IOR),
  };
}

function readSpecular(fields: Fields): FlatSpecular {
  return {
    strength: fields.within('strength', 0, 1),
    strengthTexture: fields.texture('strengthTexture'),
    color: fields.colour('color', 0, MAX_SPECULAR_COLOR),
    colorTexture: fields.texture('colorTexture'),
  };
}

function readClearcoat(fields: Fields): FlatClearcoat {
  return {
    strength: fields.within('strength', 0, 1),
    strengthTexture: fields.texture('strengthTexture'),
    roughness: fields.within('roughness', 0, 1),
    roughnessTexture: fields.texture('roughnessTexture'),
    normalTexture: fields.texture('normalTexture'),
    normalScale: fields.within('normalScale', -1e3, 1e3),
  };
}

function readSheen(fields: Fields): FlatSheen {
  return {
    color: fields.colour('color', 0, 1),
    colorTexture: fields.texture('colorTexture'),
    roughness: fields.within('roughness', 0, 1),
    roughnessTexture: fields.texture('roughnessTexture'),
  };
}

function readAnisotropy(fields: Fields): FlatAnisotropy {
  return {
    strength: fields.within('strength', 0, 1),
    rotation: fields.within('rotation', -MAX_ANGLE, MAX_ANGLE),
    texture: fields.texture('texture'),
  };
}

function readDiffuseTransmission(fields: Fields): FlatDiffuseTransmission {
  return {
    strength: fields.within('strength', 0, 1),
    strengthTexture: fields.texture('strengthTexture'),
    color: fields.colour('color', 0, 1),
    colorTexture: fields.texture('colorTexture'),
  };
}

function readIridescence(fields: Fields): FlatIridescence {
  return {
    strength: fields.within('strength', 0, 1),
    strengthTexture: fields.texture('strengthTexture'),
    ior: fields.within('ior', 1, MAX_IOR),
    thicknessMinimum: fields.within('thicknessMinimum', 0, MAX_THICKNESS),
    thicknessMaximum: fields.within('thicknessMaximum', 0, MAX_THICKNESS),
    thicknessTexture: fields.texture('thicknessTexture'),
  };
}
