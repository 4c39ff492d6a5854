/**
 * A FlatScene in three.js: its own arrays become the vertex attributes, triangles are sorted by material into groups; the
 * world is one mesh, and each mesh that stands in many places one or two instanced ones. Materials are near enough to choose a view by; the path tracer alone says how it really looks.
 */
import {
  BufferAttribute,
  BufferGeometry,
  ClampToEdgeWrapping,
  type ColorSpace,
  DataTexture,
  DoubleSide,
  FrontSide,
  Group,
  InstancedBufferAttribute,
  InstancedMesh,
  LinearFilter,
  LinearMipmapLinearFilter,
  type Material,
  Mesh,
  MeshBasicMaterial,
  MeshPhysicalMaterial,
  MirroredRepeatWrapping,
  NearestFilter,
  NoColorSpace,
  type Object3D,
  RepeatWrapping,
  ShaderChunk,
  SRGBColorSpace,
} from 'three';
import type { FlatMaterial, FlatScene, WrapMode } from '../../render/scene/index.ts';
import { instanceGroups } from './instance-groups.ts';
import { groupByMaterial } from './material-groups.ts';

const WRAP = { repeat: RepeatWrapping, mirror: MirroredRepeatWrapping, clamp: ClampToEdgeWrapping } as const;

export interface SceneMesh {
  /** Everything, instances included. */
  readonly mesh: Object3D;
  dispose(): void;
}

export function sceneMesh(scene: FlatScene): SceneMesh {
  const textures = new TextureCache(scene);
  const materials = scene.materials.map((material) => previewMaterial(material, scene, textures));
  const geometryOf = geometries(scene);
  const content = new Group();
  const drawn: (BufferGeometry | InstancedMesh)[] = [];
  const firstInMeshes = scene.meshes[0]?.firstTriangle ?? scene.triangleMaterials.length;
  if (firstInMeshes > 0) {
    const world = geometryOf(0, firstInMeshes);
    drawn.push(world);
    content.add(new Mesh(world, materials));
  }
  const inMeshes = scene.meshes.map(({ firstTriangle, triangleCount }) =>
    geometryOf(firstTriangle, triangleCount),
  );
  drawn.push(...inMeshes);
  for (const { mesh, isMirrored, matrices } of instanceGroups(scene)) {
    const object = new InstancedMesh(inMeshes[mesh], materials, matrices.length / 16);
    object.instanceMatrix = new InstancedBufferAttribute(matrices, 16);
    // Its sphere would be made from the vertices of all meshes, which share one array.
    object.frustumCulled = false;
    if (isMirrored) object.scale.x = -1;
    drawn.push(object);
    content.add(object);
  }
  return {
    mesh: content,
    dispose() {
      for (const one of drawn) one.dispose();
      for (const material of materials) material.dispose();
      textures.dispose();
    },
  };
}

/** Geometries over ranges of the scene's triangles, which share the scene's vertices. */
function geometries(scene: FlatScene): (firstTriangle: number, triangleCount: number) => BufferGeometry {
  const attributes: [name: string, attribute: BufferAttribute][] = [];
  const attribute = (name: string, array: Float32Array, size: number): void => {
    if (array.length > 0) attributes.push([name, new BufferAttribute(array, size)]);
  };
  attribute('position', scene.positions, 3);
  attribute('normal', scene.normals, 3);
  attribute('tangent', scene.tangents, 4);
  attribute('color', scene.colors, 4);
  attribute('uv', scene.uv0, 2);
  attribute('uv1', scene.uv1, 2);
  return (firstTriangle, triangleCount) => {
    const geometry = new BufferGeometry();
    for (const [name, values] of attributes) geometry.setAttribute(name, values);
    const end = firstTriangle + triangleCount;
    const { indices, groups } = groupByMaterial(
      scene.indices.subarray(3 * firstTriangle, 3 * end),
      scene.triangleMaterials.subarray(firstTriangle, end),
      scene.materials.length,
    );
    geometry.setIndex(new BufferAttribute(indices, 1));
    for (const { material, start, count } of groups) geometry.addGroup(start, count, material);
    return geometry;
  };
}

function previewMaterial(flat: FlatMaterial, scene: FlatScene, textures: TextureCache): Material {
  const [red, green, blue, alpha] = flat.baseColor;
  const shared = {
    map: textures.get(flat.baseColorTexture, SRGBColorSpace),
    vertexColors: scene.colors.length > 0,
    side: flat.doubleSided ? DoubleSide : FrontSide,
    opacity: flat.alphaMode === 'blend' ? alpha : 1,
    transparent: flat.alphaMode === 'blend',
    alphaTest: flat.alphaMode === 'mask' ? flat.alphaCutoff : 0,
  };
  const material = flat.unlit
    ? new MeshBasicMaterial(shared)
    : new MeshPhysicalMaterial({
        ...shared,
        metalness: flat.metallic,
        roughness: flat.roughness,
        metalnessMap: textures.get(flat.metallicRoughnessTexture, NoColorSpace),
        roughnessMap: textures.get(flat.metallicRoughnessTexture, NoColorSpace),
        emissiveMap: textures.get(flat.emissiveTexture, SRGBColorSpace),
        normalMap: textures.get(flat.normalTexture, NoColorSpace),
        ior: flat.ior,
        transmission: flat.transmission,
      });
  if (material instanceof MeshPhysicalMaterial) material.onBeforeCompile = takesFaceNormals;
  material.color.setRGB(red, green, blue);
  if (material instanceof MeshPhysicalMaterial) {
    material.emissive.setRGB(...flat.emissive);
    material.normalScale.setScalar(flat.normalScale);
  }
  return material;
}

/** Where a vertex has no normal, the triangle's own is meant; it faces the eye, which `normal` does not yet where both sides show. */
function takesFaceNormals(shader: { fragmentShader: string }): void {
  const told = 'vec3 normal = normalize( vNormal );';
  const face = 'normalize( cross( dFdx( vViewPosition ), dFdy( vViewPosition ) ) )';
  const chunk = ShaderChunk.normal_fragment_begin.replace(
    told,
    `#ifdef DOUBLE_SIDED
       vec3 face = faceDirection * ${face};
     #else
       vec3 face = ${face};
     #endif
     vec3 normal = dot( vNormal, vNormal ) > 0.0 ? normalize( vNormal ) : face;`,
  );
  shader.fragmentShader = shader.fragmentShader.replace('#include <normal_fragment_begin>', chunk);
}

/** One DataTexture a texture slot and colour space; the images' small copies are shared, not copied. */
class TextureCache {
  readonly #scene: FlatScene;
  readonly #textures = new Map<string, DataTexture>();

  constructor(scene: FlatScene) {
    this.#scene = scene;
  }

  get(index: number, colorSpace: ColorSpace): DataTexture | null {
    const slot = this.#scene.textures[index];
    const image = slot && this.#scene.images[slot.image]?.preview;
    if (!slot || !image) return null;
    const key = `${index} ${colorSpace}`;
    const known = this.#textures.get(key);
    if (known) return known;
    const texture = new DataTexture(image.rgba, image.width, image.height);
    texture.colorSpace = colorSpace;
    texture.wrapS = wrap(slot.wrapS);
    texture.wrapT = wrap(slot.wrapT);
    texture.magFilter = slot.nearest ? NearestFilter : LinearFilter;
    texture.minFilter = slot.nearest ? NearestFilter : LinearMipmapLinearFilter;
    texture.generateMipmaps = !slot.nearest;
    texture.anisotropy = 4;
    texture.channel = slot.texCoord;
    texture.matrixAutoUpdate = false;
    texture.matrix.set(...slot.transform, 0, 0, 1);
    texture.needsUpdate = true;
    this.#textures.set(key, texture);
    return texture;
  }

  dispose(): void {
    for (const texture of this.#textures.values()) texture.dispose();
  }
}

function wrap(mode: WrapMode): (typeof WRAP)[WrapMode] {
  return WRAP[mode];
}
