/** The little of glTF-Transform's writer that the samples need. Build time only. */
import { Document, type Material, type Primitive, type Texture, WebIO } from '@gltf-transform/core';
import { EXTMeshGPUInstancing, KHRMaterialsEmissiveStrength } from '@gltf-transform/extensions';
import { encodePng } from '../../output/index.ts';
import type { Point, Shape } from './shapes.ts';

export interface Look {
  readonly baseColor?: Point;
  readonly baseColorTexture?: Texture;
  readonly normalTexture?: Texture;
  readonly metallic?: number;
  readonly roughness?: number;
  /** Linear radiance. */
  readonly emission?: Point;
  readonly isDoubleSided?: boolean;
}

export interface Place {
  readonly translation?: Point;
  /** Quaternion x, y, z, w. */
  readonly rotation?: readonly [number, number, number, number];
  readonly scale?: number;
}

export class SampleDocument {
  readonly #document = new Document();
  readonly #buffer = this.#document.createBuffer();
  readonly #scene;

  constructor(name: string, copyright: string) {
    this.#scene = this.#document.createScene(name);
    const asset = this.#document.getRoot().getAsset();
    asset.generator = 'Leafcutter';
    asset.copyright = copyright;
  }

  /** @param rgba 8-bit, 4 bytes a pixel */
  texture(name: string, rgba: Uint8Array, side: number): Texture {
    const png = encodePng(rgba, side, side);
    return this.#document.createTexture(name).setImage(Uint8Array.from(png)).setMimeType('image/png');
  }

  add(name: string, shape: Shape, look: Look, place: Place = {}): void {
    const { translation = [0, 0, 0], rotation = [0, 0, 0, 1], scale = 1 } = place;
    const node = this.#document
      .createNode(name)
      .setMesh(this.#document.createMesh(name).addPrimitive(this.#primitive(name, shape, look)))
      .setTranslation([...translation])
      .setRotation([...rotation])
      .setScale([scale, scale, scale]);
    this.#scene.addChild(node);
  }

  /** One mesh of several shapes in many places, upright: EXT_mesh_gpu_instancing. */
  scatter(
    name: string,
    parts: readonly (readonly [name: string, shape: Shape, look: Look])[],
    places: readonly { readonly at: Point /** Radians. */; readonly turn: number; readonly scale: Point }[],
  ): void {
    const mesh = this.#document.createMesh(name);
    for (const [part, shape, look] of parts) mesh.addPrimitive(this.#primitive(part, shape, look));
    const turns = places.flatMap(({ turn }) => [
      0,
      Math.sin(turn / 2) * 32_767,
      0,
      Math.cos(turn / 2) * 32_767,
    ]);
    const accessor = (array: Float32Array | Int16Array, type: 'VEC3' | 'VEC4') =>
      this.#document.createAccessor().setArray(array).setType(type).setBuffer(this.#buffer);
    const copies = this.#document
      .createExtension(EXTMeshGPUInstancing)
      .setRequired(true)
      .createInstancedMesh()
      .setAttribute('TRANSLATION', accessor(Float32Array.from(places.flatMap(({ at }) => [...at])), 'VEC3'))
      .setAttribute('ROTATION', accessor(Int16Array.from(turns, Math.round), 'VEC4').setNormalized(true))
      .setAttribute('SCALE', accessor(Float32Array.from(places.flatMap(({ scale }) => [...scale])), 'VEC3'));
    const node = this.#document.createNode(name).setMesh(mesh);
    this.#scene.addChild(node.setExtension('EXT_mesh_gpu_instancing', copies));
  }

  #primitive(name: string, shape: Shape, look: Look): Primitive {
    const accessor = (array: Float32Array | Uint32Array | Uint16Array, type: 'SCALAR' | 'VEC2' | 'VEC3') =>
      this.#document.createAccessor().setArray(array.slice()).setType(type).setBuffer(this.#buffer);
    const small = shape.positions.length / 3 <= 65_535;
    const primitive = this.#document
      .createPrimitive()
      .setAttribute('POSITION', accessor(shape.positions, 'VEC3'))
      .setIndices(accessor(small ? Uint16Array.from(shape.indices) : shape.indices, 'SCALAR'))
      .setMaterial(this.#material(name, look));
    if (shape.normals) primitive.setAttribute('NORMAL', accessor(shape.normals, 'VEC3'));
    if (shape.uvs) primitive.setAttribute('TEXCOORD_0', accessor(shape.uvs, 'VEC2'));
    return primitive;
  }

  /** @param rotation quaternion; without one it looks along -Z */
  camera(name: string, yfov: number, place: Place): void {
    const camera = this.#document.createCamera(name).setType('perspective').setYFov(yfov).setZNear(0.01);
    const { translation = [0, 0, 0], rotation = [0, 0, 0, 1] } = place;
    const node = this.#document.createNode(name).setCamera(camera);
    this.#scene.addChild(node.setTranslation([...translation]).setRotation([...rotation]));
  }

  async toGlb(): Promise<Uint8Array> {
    return new WebIO()
      .registerExtensions([EXTMeshGPUInstancing, KHRMaterialsEmissiveStrength])
      .writeBinary(this.#document);
  }

  #material(name: string, look: Look): Material {
    const { baseColor = [1, 1, 1], metallic = 0, roughness = 1, emission } = look;
    const material = this.#document
      .createMaterial(name)
      .setBaseColorFactor([...baseColor, 1])
      .setMetallicFactor(metallic)
      .setRoughnessFactor(roughness)
      .setDoubleSided(look.isDoubleSided ?? false);
    if (look.baseColorTexture) material.setBaseColorTexture(look.baseColorTexture);
    if (look.normalTexture) material.setNormalTexture(look.normalTexture);
    if (emission) {
      const strength = Math.max(...emission);
      const extension = this.#document.createExtension(KHRMaterialsEmissiveStrength);
      const [r, g, b] = emission;
      material
        .setEmissiveFactor([r / strength, g / strength, b / strength])
        .setExtension(
          'KHR_materials_emissive_strength',
          extension.createEmissiveStrength().setEmissiveStrength(strength),
        );
    }
    return material;
  }
}

/**
 * A place where the shape's lowest point touches `at`, tilted back around +X first, then turned around +Y
 * (counter-clockwise from above).
 */
export function standing(
  shape: Shape,
  at: Point,
  { scale, turn = 0, tilt = 0 }: { readonly scale: number; readonly turn?: number; readonly tilt?: number },
): Place {
  const [halfTurn, halfTilt] = [(turn / 360) * Math.PI, (-tilt / 360) * Math.PI];
  const [sy, cy, sx, cx] = [Math.sin(halfTurn), Math.cos(halfTurn), Math.sin(halfTilt), Math.cos(halfTilt)];
  let lowest = Infinity;
  for (let i = 0; i < shape.positions.length; i += 3) {
    const [y = 0, z = 0] = shape.positions.subarray(i + 1, i + 3);
    lowest = Math.min(lowest, y * Math.cos(2 * halfTilt) - z * Math.sin(2 * halfTilt));
  }
  return {
    translation: [at[0], at[1] - lowest * scale, at[2]],
    rotation: [cy * sx, sy * cx, -sy * sx, cy * cx],
    scale,
  };
}
