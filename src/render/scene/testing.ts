/** Scenes and images made for the tests: small glTF files by glTF-Transform, encoded pictures by the jSquash encoders. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Document, type Material, type Mesh, type Primitive, WebIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { expect } from 'vitest';
import { sha256, toHex } from '../../runtime/index.ts';
import { decodeScene, encodeScene, type FlatScene, readScene } from './index.ts';

/** A document with one scene, and the handles that most tests want. */
export class TestScene {
  readonly document = new Document();
  readonly buffer = this.document.createBuffer();
  readonly scene = this.document.createScene();

  accessor(
    type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4' | 'MAT4',
    array: Float32Array | Uint8Array | Uint16Array | Int8Array | Int16Array,
  ) {
    return this.document.createAccessor().setType(type).setArray(array.slice()).setBuffer(this.buffer);
  }

  /** One triangle in the xy plane, facing +Z, with normals and uvs. */
  triangle(material?: Material): Primitive {
    const primitive = this.document
      .createPrimitive()
      .setAttribute('POSITION', this.accessor('VEC3', Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0)))
      .setAttribute('NORMAL', this.accessor('VEC3', Float32Array.of(0, 0, 1, 0, 0, 1, 0, 0, 1)))
      .setAttribute('TEXCOORD_0', this.accessor('VEC2', Float32Array.of(0, 1, 1, 1, 0, 0)));
    return material ? primitive.setMaterial(material) : primitive;
  }

  /** A node in the scene that shows the primitives. */
  show(...primitives: readonly Primitive[]) {
    const mesh = this.document.createMesh();
    for (const primitive of primitives) mesh.addPrimitive(primitive);
    return this.showMesh(mesh);
  }

  showMesh(mesh: Mesh) {
    const node = this.document.createNode().setMesh(mesh);
    this.scene.addChild(node);
    return node;
  }

  texture(name: string, bytes: Uint8Array, mimeType = 'image/png') {
    return this.document.createTexture(name).setImage(Uint8Array.from(bytes)).setMimeType(mimeType);
  }

  glb(dependencies: Readonly<Record<string, unknown>> = {}): Promise<Uint8Array> {
    return writer(dependencies).writeBinary(this.document);
  }

  /** The JSON and the files that it names. */
  async gltf(): Promise<{ readonly json: Record<string, unknown>; readonly files: Map<string, Uint8Array> }> {
    const { json, resources } = await writer({}).writeJSON(this.document, { basename: 'scene' });
    return { json: { ...json }, files: new Map(Object.entries(resources)) };
  }
}

function writer(dependencies: Readonly<Record<string, unknown>>): WebIO {
  return new WebIO().registerExtensions(ALL_EXTENSIONS).registerDependencies({ ...dependencies });
}

export function oneFile(name: string, bytes: Uint8Array): Map<string, Uint8Array> {
  return new Map([[name, bytes]]);
}

export function textFile(json: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(json));
}

/** A GLB of any JSON, for what no writer would write. */
export function glbOf(json: unknown, binary: Uint8Array = new Uint8Array()): Uint8Array {
  const text = textFile(json);
  const jsonLength = Math.ceil(text.length / 4) * 4;
  const binaryLength = Math.ceil(binary.length / 4) * 4;
  const bytes = new Uint8Array(12 + 8 + jsonLength + (binaryLength > 0 ? 8 + binaryLength : 0)).fill(
    0x20,
    20,
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x46546c67, true);
  view.setUint32(4, 2, true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, jsonLength, true);
  view.setUint32(16, 0x4e4f534a, true);
  bytes.set(text, 20);
  if (binaryLength > 0) {
    view.setUint32(20 + jsonLength, binaryLength, true);
    view.setUint32(24 + jsonLength, 0x004e4942, true);
    bytes.fill(0, 28 + jsonLength);
    bytes.set(binary, 28 + jsonLength);
  }
  return bytes;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Encodes by jSquash: the file formats as other programs write them. */
export async function encodePicture(
  picture: Picture,
  format: 'jpeg' | 'webp',
  options: object,
): Promise<Uint8Array> {
  const image = { ...picture, colorSpace: 'srgb' } as ImageData;
  const { resolve } = createRequire(import.meta.url);
  const compile = async (path: string) => WebAssembly.compile(Uint8Array.from(await readFile(resolve(path))));
  if (format === 'jpeg') {
    const { default: encode, init } = await import('@jsquash/jpeg/encode.js');
    await init((await compile('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')) as object);
    return new Uint8Array(await encode(image, options));
  }
  const { default: encode, init } = await import('@jsquash/webp/encode.js');
  await init((await compile('@jsquash/webp/codec/enc/webp_enc_simd.wasm')) as object);
  return new Uint8Array(await encode(image, options));
}

export async function sceneHash(scene: FlatScene): Promise<string> {
  return toHex(await sha256(encodeScene(scene)));
}

/** A correct scene of one triangle as plain JSON, to be spoiled. */
export const ONE_TRIANGLE = {
  asset: { version: '2.0' },
  scene: 0,
  scenes: [{ nodes: [0] }],
  nodes: [{ mesh: 0 }],
  meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
  materials: [{}],
  buffers: [{ byteLength: 44 }],
  bufferViews: [
    { buffer: 0, byteLength: 36 },
    { buffer: 0, byteOffset: 36, byteLength: 6 },
  ],
  accessors: [
    { bufferView: 0, componentType: 5126, type: 'VEC3', count: 3 },
    { bufferView: 1, componentType: 5123, type: 'SCALAR', count: 3 },
  ],
};
/** The binary chunk of {@link ONE_TRIANGLE}. */
export const ONE_TRIANGLE_BINARY = new Uint8Array(44);
ONE_TRIANGLE_BINARY.set(new Uint8Array(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0).buffer));
ONE_TRIANGLE_BINARY.set(new Uint8Array(Uint16Array.of(0, 1, 2).buffer), 36);

/** Reads what the test has made; whatever is read must be what another Node can be sent. */
export async function readTest(test: TestScene): Promise<FlatScene> {
  const { scene } = await readScene(oneFile('test.glb', await test.glb()));
  expect(decodeScene(encodeScene(scene))).toEqual(scene);
  return scene;
}

export function triples(values: Float32Array): number[][] {
  return Array.from({ length: values.length / 3 }, (_, i) => Array.from(values.subarray(3 * i, 3 * i + 3)));
}
