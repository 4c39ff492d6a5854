/** The parts of an encoded scene's manifest, checked one by one. */
import { CheckedJson } from '../checked-json.ts';
import type { FlatCamera, FlatMaterial, FlatTexture } from '../format.ts';
import { MAX_RADIANCE, MAX_YFOV, MIN_YFOV } from '../limits.ts';

const json = new CheckedJson('blob-damaged');

export function readVector3(value: unknown, part: string): readonly [number, number, number] {
  const [x = 0, y = 0, z = 0] = json.numbers(value, 3, part);
  return [x, y, z];
}

export function readCamera(value: unknown, part: string): FlatCamera {
  const { name, position, right, up, back, projection } = json.object(value, part);
  const { kind: rawKind, yfov, ymag } = json.object(projection, `${part}.projection`);
  const kind = json.oneOf(rawKind, ['perspective', 'orthographic'], `${part}.projection.kind`);
  return {
    name: json.text(name, `${part}.name`),
    position: readVector3(position, `${part}.position`),
    right: readVector3(right, `${part}.right`),
    up: readVector3(up, `${part}.up`),
    back: readVector3(back, `${part}.back`),
    projection:
      kind === 'perspective'
        ? { kind, yfov: json.numberWithin(yfov, MIN_YFOV, MAX_YFOV, `${part}.projection.yfov`) }
        : { kind, ymag: json.numberWithin(ymag, 1e-9, 1e9, `${part}.projection.ymag`) },
  };
}

export function readTexture(value: unknown, imageCount: number, part: string): FlatTexture {
  const { image, wrapS, wrapT, nearest, texCoord, transform } = json.object(value, part);
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0] = json.numbers(transform, 6, `${part}.transform`);
  return {
    image: json.index(image, imageCount, `${part}.image`),
    wrapS: json.oneOf(wrapS, ['repeat', 'mirror', 'clamp'], `${part}.wrapS`),
    wrapT: json.oneOf(wrapT, ['repeat', 'mirror', 'clamp'], `${part}.wrapT`),
    nearest: json.boolean(nearest, false, `${part}.nearest`),
    texCoord: json.count(texCoord, `${part}.texCoord`, 1),
    transform: [a, b, c, d, e, f],
  };
}

export function readMaterial(value: unknown, textureCount: number, part: string): FlatMaterial {
  const def = json.object(value, part);
  const { name, baseColor, emissive, normalScale, alphaMode, alphaCutoff, doubleSided, unlit } = def;
  const texture = (field: string): number =>
    def[field] === -1 ? -1 : json.index(def[field], textureCount, `${part}.${field}`);
  const within = (field: string, min: number, max: number): number =>
    json.numberWithin(def[field], min, max, `${part}.${field}`);
  const [r = 1, g = 1, b = 1, a = 1] = json
    .numbers(baseColor, 4, `${part}.baseColor`)
    .map((entry, i) => json.numberWithin(entry, 0, 1, `${part}.baseColor[${i}]`));
  const [er = 0, eg = 0, eb = 0] = json
    .numbers(emissive, 3, `${part}.emissive`)
    .map((entry, i) => json.numberWithin(entry, 0, MAX_RADIANCE, `${part}.emissive[${i}]`));
  return {
    name: json.text(name, `${part}.name`),
    baseColor: [r, g, b, a],
    baseColorTexture: texture('baseColorTexture'),
    metallic: within('metallic', 0, 1),
    roughness: within('roughness', 0, 1),
    metallicRoughnessTexture: texture('metallicRoughnessTexture'),
    emissive: [er, eg, eb],
    emissiveTexture: texture('emissiveTexture'),
    normalTexture: texture('normalTexture'),
    normalScale: json.number(normalScale, `${part}.normalScale`),
    alphaMode: json.oneOf(alphaMode, ['opaque', 'mask', 'blend'], `${part}.alphaMode`),
    alphaCutoff: json.number(alphaCutoff, `${part}.alphaCutoff`),
    doubleSided: json.boolean(doubleSided, false, `${part}.doubleSided`),
    unlit: json.boolean(unlit, false, `${part}.unlit`),
    ior: within('ior', 0, 100),
    transmission: within('transmission', 0, 1),
    transmissionTexture: texture('transmissionTexture'),
  };
}
