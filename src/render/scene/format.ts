/**
 * FlatScene: a glTF scene flattened to what the kernel eats. Metres, right-handed, +Y up (as glTF). Every
 * array is little-endian in the Blob. The bytes of a FlatScene depend on nothing but the input files, so no host
 * transcendental (`Math.sin`, `Math.tan`, `Math.pow` ...) may be used in making one: angles travel as angles.
 */

import type { ImageFormat } from './images/image-formats.ts';

/** One view, as the glTF node has it. Basis vectors are unit length; the camera looks along -back. */
export interface FlatCamera {
  readonly name: string;
  readonly position: readonly [number, number, number];
  readonly right: readonly [number, number, number];
  readonly up: readonly [number, number, number];
  readonly back: readonly [number, number, number];
  readonly projection:
    | { readonly kind: 'perspective' /** vertical field of view, radians */; readonly yfov: number }
    | { readonly kind: 'orthographic' /** half height, metres */; readonly ymag: number };
}

/** What an image shows beyond its edges. */
export type WrapMode = 'repeat' | 'mirror' | 'clamp';

/** What holds an image's texels: 8-bit RGBA row by row, the first row at v = 0 (the top row, as glTF), or a picture's file. */
export type ImageEncoding = 'rgba' | ImageFormat;

/**
 * An image as it is looked up. It stays the file that it came as: tens of times smaller than its texels, which only exist where
 * they are rendered, one image after the other (`texelsOf`).
 */
export interface FlatImage {
  readonly name: string;
  /** Of the texels: the picture's own, or halved as often as it takes to be as small. */
  readonly width: number;
  readonly height: number;
  readonly encoding: ImageEncoding;
  readonly bytes: Uint8Array;
  /** Where given, green becomes roughness: 1 - glossiness * alpha (KHR_materials_pbrSpecularGlossiness). 0..1 */
  readonly glossiness?: number;
  /** A small copy of the texels, where the reader was asked for one. It stays on the machine that read the file. */
  readonly preview?: PreviewImage;
}

/** 8-bit RGBA, row by row from the top. */
export interface PreviewImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** How a material slot samples an image. uv' = M * (u, v, 1) with the rows of `transform` (KHR_texture_transform). */
export interface FlatTexture {
  readonly image: number;
  readonly wrapS: WrapMode;
  readonly wrapT: WrapMode;
  readonly nearest: boolean;
  /** 0 or 1: which uv set. */
  readonly texCoord: number;
  readonly transform: readonly [number, number, number, number, number, number];
}

/** Colours are linear Rec. 709; texture fields are indices into `textures` or -1. Units as in glTF 2.0. */
export interface FlatMaterial {
  readonly name: string;
  readonly baseColor: readonly [number, number, number, number];
  readonly baseColorTexture: number;
  readonly metallic: number;
  readonly roughness: number;
  readonly metallicRoughnessTexture: number;
  /** Already multiplied by KHR_materials_emissive_strength. */
  readonly emissive: readonly [number, number, number];
  readonly emissiveTexture: number;
  readonly normalTexture: number;
  readonly normalScale: number;
  readonly alphaMode: 'opaque' | 'mask' | 'blend';
  readonly alphaCutoff: number;
  readonly doubleSided: boolean;
  readonly unlit: boolean;
  readonly ior: number;
  readonly transmission: number;
  /** R times `transmission`. */
  readonly transmissionTexture: number;
  /** Layers and media that most materials do not have. */
  readonly volume?: FlatVolume;
  readonly specular?: FlatSpecular;
  readonly clearcoat?: FlatClearcoat;
  readonly sheen?: FlatSheen;
  readonly anisotropy?: FlatAnisotropy;
  readonly iridescence?: FlatIridescence;
  readonly diffuseTransmission?: FlatDiffuseTransmission;
}

/**
 * KHR_materials_volume and KHR_materials_dispersion: the surface bounds a medium. Only present where thicknessFactor is above
 * 0; without it a transmitting surface is a thin sheet. (A path tracer meets the true thickness: the factor itself says no more.)
 */
export interface FlatVolume {
  /** Metres until white light has become `attenuationColor`; Infinity: no absorption. */
  readonly attenuationDistance: number;
  /** Linear RGB, each above 0. */
  readonly attenuationColor: readonly [number, number, number];
  /** 20 / Abbe number; 0: none. */
  readonly dispersion: number;
}

/** KHR_materials_specular. */
export interface FlatSpecular {
  readonly strength: number;
  /** A times `strength`. */
  readonly strengthTexture: number;
  /** Linear RGB, may exceed 1. */
  readonly color: readonly [number, number, number];
  /** RGB in sRGB times `color`. */
  readonly colorTexture: number;
}

/** KHR_materials_clearcoat. */
export interface FlatClearcoat {
  readonly strength: number;
  /** R times `strength`. */
  readonly strengthTexture: number;
  readonly roughness: number;
  /** G times `roughness`. */
  readonly roughnessTexture: number;
  readonly normalTexture: number;
  readonly normalScale: number;
}

/** KHR_materials_sheen. */
export interface FlatSheen {
  /** Linear RGB. */
  readonly color: readonly [number, number, number];
  /** RGB in sRGB times `color`. */
  readonly colorTexture: number;
  readonly roughness: number;
  /** A times `roughness`. */
  readonly roughnessTexture: number;
}

/** KHR_materials_anisotropy. */
export interface FlatAnisotropy {
  readonly strength: number;
  /** Radians, counter-clockwise from the tangent. */
  readonly rotation: number;
  /** RG: direction in tangent space as in a normal map, B times `strength`. */
  readonly texture: number;
}

/** KHR_materials_diffuse_transmission: leaves, paper, lamp shades. Surfaces with it are thin sheets, unless they bound a volume. */
export interface FlatDiffuseTransmission {
  readonly strength: number;
  /** A times `strength`. */
  readonly strengthTexture: number;
  /** Linear RGB of what goes through. */
  readonly color: readonly [number, number, number];
  /** RGB in sRGB times `color`. */
  readonly colorTexture: number;
}

/** KHR_materials_iridescence. */
export interface FlatIridescence {
  readonly strength: number;
  /** R times `strength`. */
  readonly strengthTexture: number;
  readonly ior: number;
  /** Nanometres. */
  readonly thicknessMinimum: number;
  /** Nanometres. */
  readonly thicknessMaximum: number;
  /** G goes from minimum to maximum. */
  readonly thicknessTexture: number;
}

/** KHR_lights_punctual: a light without extent. Intensity is radiance times area seen, so units are those of emission. */
export interface FlatLight {
  readonly name: string;
  /** Linear RGB times intensity: point and spot in radiant-style cd, directional in lux of the same scale as `emissive`. */
  readonly intensity: readonly [number, number, number];
  /** World space; not used by directional lights. */
  readonly position: readonly [number, number, number];
  /** Unit length, where the light goes to; not used by point lights. */
  readonly direction: readonly [number, number, number];
  readonly kind: 'point' | 'spot' | 'directional';
  /** Metres where light ends (the extension's window); Infinity: never. */
  readonly range: number;
  /** Radians from the axis, 0 <= inner < outer <= pi / 2; for spots. */
  readonly innerConeAngle: number;
  readonly outerConeAngle: number;
}

/**
 * Geometry drawn more than once: triangles firstTriangle .. firstTriangle + triangleCount - 1, whose vertices are in the mesh's
 * own space. Meshes follow each other at the end of `indices`; triangles before the first mesh's are in world space.
 */
export interface FlatMesh {
  readonly firstTriangle: number;
  readonly triangleCount: number;
}

/** A scene as the kernel takes it: triangles, materials, images, lights and camera in flat arrays. Lengths in metres. */
export interface FlatScene {
  /** 3 floats a vertex; in world space, or in a mesh's own: see FlatMesh. */
  readonly positions: Float32Array;
  /** 3 floats a vertex, unit length; or 0 where the normal of the triangle that is hit is meant. */
  readonly normals: Float32Array;
  /** xyz and handedness, 4 floats a vertex; empty when no material has a normal map (of its base or its coat) or anisotropy. */
  readonly tangents: Float32Array;
  /** Linear RGBA, 4 floats a vertex; empty when no mesh has colours. */
  readonly colors: Float32Array;
  /** 2 floats a vertex; empty when unused. */
  readonly uv0: Float32Array;
  /** 2 floats a vertex; empty when unused. */
  readonly uv1: Float32Array;
  /** 3 a triangle; counter-clockwise is the front. */
  readonly indices: Uint32Array;
  /** One a triangle. */
  readonly triangleMaterials: Uint32Array;
  /** None of their materials emits: what shines is in world space. Often empty. */
  readonly meshes: readonly FlatMesh[];
  /** One a place where a mesh stands: which. */
  readonly instanceMeshes: Uint32Array;
  /** 12 a place: the three rows of the matrix that takes (x, y, z, 1) from the mesh's space to the world; never singular. */
  readonly instanceTransforms: Float32Array;
  readonly lights: readonly FlatLight[];
  readonly materials: readonly FlatMaterial[];
  readonly textures: readonly FlatTexture[];
  readonly images: readonly FlatImage[];
  /** At least one: where the file has none, a framing of the bounds is made. */
  readonly cameras: readonly FlatCamera[];
  readonly bounds: {
    readonly min: readonly [number, number, number];
    readonly max: readonly [number, number, number];
  };
  /** What the file has that was ignored, in words for the user, each once. */
  readonly warnings: readonly string[];
}

/**
 * Linear Rec. 709 radiance, equirectangular, row-major RGB. Row 0 is +Y; column 0 looks along -X, a quarter of the way is
 * -Z, the middle +X, three quarters +Z (as three.js maps the same picture).
 */
export interface EnvironmentMap {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float32Array;
}
