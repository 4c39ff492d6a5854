// The scenes of this bench as .glb files: the few features of glTF that both renderers read alike.
import { Document, type Material, WebIO } from '@gltf-transform/core';
import { KHRMaterialsEmissiveStrength, KHRMaterialsIOR } from '@gltf-transform/extensions';
import { encodePng } from '../../src/render/output/index.ts';
import type { Point, Shape } from '../../src/render/scene/assets/shapes.ts';

export interface Look {
  readonly baseColor?: Point;
  /** 8-bit RGBA, square. */
  readonly texture?: Uint8Array;
  /** Its alpha decides what is there. */
  readonly isMasked?: boolean;
  readonly metallic?: number;
  readonly roughness?: number;
  /** Linear radiance. */
  readonly emission?: Point;
  /** 1: there is no interface, the surface is Lambert's; both renderers agree on that one. */
  readonly ior?: number;
}

export interface Place {
  readonly at?: Point;
  readonly scale?: number;
  /** Degrees around +Y. */
  readonly turn?: number;
}

/** A quaternion: `pitch` around +X, then `turn` around +Y, in degrees. */
function rotation(turn: number, pitch = 0): [number, number, number, number] {
  const [t, p] = [(turn * Math.PI) / 360, (pitch * Math.PI) / 360];
  return [
    Math.cos(t) * Math.sin(p),
    Math.sin(t) * Math.cos(p),
    -Math.sin(t) * Math.sin(p),
    Math.cos(t) * Math.cos(p),
  ];
}

export class SceneDocument {
  readonly #document = new Document();
  readonly #buffer = this.#document.createBuffer();
  readonly #scene = this.#document.createScene('Scene');
  #looks = 0;

  look(look: Look): Material {
    const { baseColor = [0.8, 0.8, 0.8], metallic = 0, roughness = 1, emission, texture } = look;
    const material = this.#document
      .createMaterial()
      .setBaseColorFactor([...(texture ? ([1, 1, 1] as const) : baseColor), 1])
      .setMetallicFactor(metallic)
      .setRoughnessFactor(roughness)
      // Cycles knows no single-sided surfaces.
      .setDoubleSided(true);
    if (texture) {
      const side = Math.sqrt(texture.length / 4);
      const image = this.#document
        .createTexture()
        .setImage(Uint8Array.from(encodePng(texture, side, side)))
        .setMimeType('image/png');
      material.setBaseColorTexture(image);
    }
    if (look.ior !== undefined) {
      const ior = this.#document.createExtension(KHRMaterialsIOR).createIOR().setIOR(look.ior);
      material.setName(`Look ${this.#looks++}`).setExtension('KHR_materials_ior', ior);
    }
    if (look.isMasked) material.setAlphaMode('MASK').setAlphaCutoff(0.5);
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

  add(shape: Shape, material: Material, { at = [0, 0, 0], scale = 1, turn = 0 }: Place = {}): void {
    const accessor = (array: Float32Array | Uint32Array, type: 'SCALAR' | 'VEC2' | 'VEC3') =>
      this.#document.createAccessor().setArray(array.slice()).setType(type).setBuffer(this.#buffer);
    const primitive = this.#document
      .createPrimitive()
      .setAttribute('POSITION', accessor(shape.positions, 'VEC3'))
      .setIndices(accessor(shape.indices, 'SCALAR'))
      .setMaterial(material);
    if (shape.normals) primitive.setAttribute('NORMAL', accessor(shape.normals, 'VEC3'));
    if (shape.uvs) primitive.setAttribute('TEXCOORD_0', accessor(shape.uvs, 'VEC2'));
    this.#scene.addChild(
      this.#document
        .createNode()
        .setMesh(this.#document.createMesh().addPrimitive(primitive))
        .setTranslation([...at])
        .setRotation(rotation(turn))
        .setScale([scale, scale, scale]),
    );
  }

  /** `turn` around +Y and `pitch` upwards from looking along -Z, all in degrees. */
  camera(yfov: number, at: Point, turn: number, pitch: number): void {
    const camera = this.#document
      .createCamera()
      .setType('perspective')
      .setYFov((yfov * Math.PI) / 180)
      .setZNear(0.01);
    this.#scene.addChild(
      this.#document
        .createNode('Camera')
        .setCamera(camera)
        .setTranslation([...at])
        .setRotation(rotation(turn, pitch)),
    );
  }

  toGlb(): Promise<Uint8Array> {
    const extensions = [KHRMaterialsEmissiveStrength, KHRMaterialsIOR];
    return new WebIO().registerExtensions(extensions).writeBinary(this.#document);
  }
}
