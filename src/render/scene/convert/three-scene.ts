/** What three's loaders made of a file, as glTF: meshes where they stand at rest, with the materials that both know. */
import {
  type BufferAttribute,
  type BufferGeometry,
  DoubleSide,
  type InterleavedBufferAttribute,
  type Material,
  Mesh,
  type MeshPhongMaterial,
  type MeshPhysicalMaterial,
  type Object3D,
  Points,
  type Texture,
} from 'three';
import type { JsonObject } from '../checked-json.ts';
import type { Container } from '../gltf/container.ts';
import type { Warnings } from '../warnings.ts';
import { GltfBuilder } from './gltf-builder.ts';
import type { PictureSource } from './three-loaders.ts';

/** All that any of three's materials may say. */
type AnyMaterial = Material &
  Partial<Omit<MeshPhysicalMaterial, keyof Material>> &
  Partial<Pick<MeshPhongMaterial, 'shininess'>>;

export function convertThreeScene(root: Object3D, warnings: Warnings): Container {
  const builder = new GltfBuilder();
  const converter = new Converter(builder, warnings);
  root.updateMatrixWorld(true);
  root.traverseVisible((object) => {
    if (object instanceof Mesh || object instanceof Points) converter.add(object);
    else if ('isLight' in object || 'isCamera' in object)
      warnings.add('lights and cameras of this format are not read');
  });
  if (root.animations.length > 0)
    warnings.add('animations of this format are not read; everything is at rest');
  return builder.container();
}

class Converter {
  readonly #builder: GltfBuilder;
  readonly #warnings: Warnings;
  readonly #materials = new Map<Material, number>();

  constructor(builder: GltfBuilder, warnings: Warnings) {
    this.#builder = builder;
    this.#warnings = warnings;
  }

  add(object: Mesh | Points): void {
    const { geometry, matrixWorld } = object;
    const materials = [object.material].flat();
    const indices = indicesOf(geometry);
    const groups =
      materials.length > 1 && geometry.groups.length > 0
        ? geometry.groups
        : [{ start: 0, count: indices.length, materialIndex: 0 }];
    for (const { start, count, materialIndex = 0 } of groups) {
      const material: AnyMaterial | undefined = materials[materialIndex] ?? materials[0];
      const part = indices.slice(start, Math.min(start + count, indices.length));
      if (part.length === 0) continue;
      const hasColors = material?.vertexColors === true;
      this.#builder.add({
        positions: floatsOf(geometry.getAttribute('position'), 3) ?? new Float32Array(),
        normals: floatsOf(geometry.getAttribute('normal'), 3),
        uvs: uvsOf(geometry, material?.map ?? material?.normalMap ?? null),
        colors: hasColors ? floatsOf(geometry.getAttribute('color'), 4) : undefined,
        indices: part,
        material: material && this.#material(material),
        kind: object instanceof Points ? 'points' : 'triangles',
        matrix: matrixWorld.elements,
      });
    }
  }

  #material(material: AnyMaterial): number {
    let place = this.#materials.get(material);
    if (place === undefined) {
      place = this.#builder.material(this.#definition(material));
      this.#materials.set(material, place);
    }
    return place;
  }

  #definition(material: AnyMaterial): JsonObject {
    const { name, color, map, normalMap, emissive, emissiveMap, emissiveIntensity = 1 } = material;
    const { roughness, roughnessMap, metalness = 0, metalnessMap, transmission = 0, ior } = material;
    const { opacity, transparent, alphaTest, side, shininess } = material;
    if (metalnessMap && metalnessMap !== roughnessMap) {
      this.#warnings.add(`material "${name}": its map of metalness is not shown`);
    }
    const glow = (emissive?.toArray() ?? [0, 0, 0]).map((value) => value * emissiveIntensity);
    const strongest = Math.max(...glow, 1);
    return {
      name,
      pbrMetallicRoughness: {
        baseColorFactor: [...(color?.toArray() ?? [1, 1, 1]), opacity].map(unit),
        ...this.#slot('baseColorTexture', map),
        metallicFactor: unit(metalness),
        roughnessFactor: unit(roughness ?? roughnessOf(shininess)),
        ...this.#slot('metallicRoughnessTexture', roughnessMap),
      },
      ...this.#slot('normalTexture', normalMap),
      emissiveFactor: glow.map((value) => Math.max(value, 0) / strongest),
      ...this.#slot('emissiveTexture', emissiveMap),
      alphaMode: alphaTest > 0 ? 'MASK' : transparent && (opacity < 1 || map) ? 'BLEND' : 'OPAQUE',
      ...(alphaTest > 0 && { alphaCutoff: alphaTest }),
      doubleSided: side === DoubleSide,
      extensions: {
        ...(strongest > 1 && { KHR_materials_emissive_strength: { emissiveStrength: strongest } }),
        ...(transmission > 0 && { KHR_materials_transmission: { transmissionFactor: unit(transmission) } }),
        ...(ior !== undefined && ior >= 1 && { KHR_materials_ior: { ior } }),
      },
    };
  }

  #slot(name: string, texture: Texture | null | undefined): JsonObject {
    const { source } = (texture?.image ?? {}) as Partial<PictureSource>;
    return source === undefined ? {} : { [name]: this.#builder.texture(source) };
  }
}

/** Phong's exponent to roughness, as microfacets of the same highlight have it: alpha^2 = 2 / (n + 2), alpha = roughness^2. */
function roughnessOf(shininess: number | undefined): number {
  return shininess === undefined ? 0.6 : Math.sqrt(Math.sqrt(2 / (Math.max(shininess, 0) + 2)));
}

function indicesOf(geometry: BufferGeometry): Uint32Array {
  if (geometry.index) return Uint32Array.from(geometry.index.array);
  return Uint32Array.from({ length: geometry.getAttribute('position')?.count ?? 0 }, (_, i) => i);
}

function floatsOf(
  attribute: BufferAttribute | InterleavedBufferAttribute | undefined,
  components: number,
): Float32Array | undefined {
  if (!attribute) return undefined;
  const { count, itemSize } = attribute;
  const floats = new Float32Array(count * components).fill(1);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < Math.min(components, itemSize); c++)
      floats[components * i + c] = attribute.getComponent(i, c);
  }
  return floats;
}

/** With the texture's own moving and scaling; v downwards. */
function uvsOf(geometry: BufferGeometry, texture: Texture | null): Float32Array | undefined {
  const uvs = floatsOf(geometry.getAttribute('uv'), 2);
  const { repeat, offset } = texture ?? { repeat: { x: 1, y: 1 }, offset: { x: 0, y: 0 } };
  for (let i = 0; uvs && i < uvs.length; i += 2) {
    uvs[i] = (uvs[i] ?? 0) * repeat.x + offset.x;
    uvs[i + 1] = 1 - ((uvs[i + 1] ?? 0) * repeat.y + offset.y);
  }
  return uvs;
}

function unit(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
