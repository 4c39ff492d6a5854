/**
 * FlatScene: a glTF scene flattened to what the kernel eats. World space, metres, right-handed, +Y up (as glTF). Every
 * array is little-endian in the Blob. The bytes of a FlatScene depend on nothing but the input files, so no host
 * transcendental (`Math.sin`, `Math.tan`, `Math.pow` ...) may be used in making one: angles travel as angles.
 */

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

export type WrapMode = 'repeat' | 'mirror' | 'clamp';

/** 8-bit RGBA texels, row-major, first row at v = 0 (the top row, as glTF). */
export interface FlatImage {
  readonly name: string;
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
}

export interface FlatScene {
  /** 3 floats a vertex. */
  readonly positions: Float32Array;
  /** 3 floats a vertex, unit length. */
  readonly normals: Float32Array;
  /** xyz and handedness, 4 floats a vertex; empty when no material has a normal map. */
  readonly tangents: Float32Array;
  /** Linear RGBA, 4 floats a vertex; empty when no mesh has colours. */
  readonly colors: Float32Array;
  /** 2 floats a vertex. */
  readonly uv0: Float32Array;
  /** 2 floats a vertex; empty when unused. */
  readonly uv1: Float32Array;
  /** 3 a triangle; counter-clockwise is the front. */
  readonly indices: Uint32Array;
  /** One a triangle. */
  readonly triangleMaterials: Uint32Array;
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
