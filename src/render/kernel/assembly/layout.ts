/**
 * The tables that TypeScript writes and the kernel reads: byte offsets and strides, the one place where both sides agree.
 * (This file is plain TypeScript and AssemblyScript at once; fields are f32 unless said otherwise.) An address is a byte
 * offset into the kernel's memory as u32; 0 means "not there". All tables start at a multiple of 16.
 */

/** Reading one vector of 16 bytes at the last 12-byte vertex must stay inside: bytes to leave free after every array. */
export const ARRAY_PADDING = 16;

/** The scene: one record of u32. `counts` are vertices or triangles, the others addresses. Optional arrays may be 0. */
export const SCENE_BYTES = 96;
export const SCENE_VERTEX_COUNT = 0;
export const SCENE_TRIANGLE_COUNT = 4;
/** 3 f32 a vertex. */
export const SCENE_POSITIONS = 8;
/** 3 f32 a vertex, unit length. */
export const SCENE_NORMALS = 12;
/** 4 f32 a vertex, optional. */
export const SCENE_TANGENTS = 16;
/** 4 f32 a vertex, optional. */
export const SCENE_COLORS = 20;
/** 2 f32 a vertex, optional. */
export const SCENE_UV0 = 24;
/** 2 f32 a vertex, optional. */
export const SCENE_UV1 = 28;
/** 3 u32 a triangle, each below the vertex count. */
export const SCENE_INDICES = 32;
/** One u32 a triangle, below the number of materials. */
export const SCENE_TRIANGLE_MATERIALS = 36;
export const SCENE_MATERIALS = 40;
export const SCENE_TEXTURES = 44;
/** u32, of all images together. */
export const SCENE_TEXEL_BYTES = 48;
/** Punctual lights, optional. */
export const SCENE_LIGHTS = 56;
export const SCENE_LIGHT_COUNT = 60;
/** INSTANCES_BYTES of INSTANCES_... fields. */
export const SCENE_INSTANCES = 64;

/** A material. Textures are addresses of texture records (u32, 0: none). */
export const MATERIAL_STRIDE = 96;
/** RGBA. */
export const MATERIAL_BASE_COLOR = 0;
/** RGB. */
export const MATERIAL_EMISSIVE = 16;
export const MATERIAL_METALLIC = 28;
/** glTF's perceptual roughness. */
export const MATERIAL_ROUGHNESS = 32;
/** Reflectance of the dielectric at normal incidence: ((ior - 1) / (ior + 1))^2. */
export const MATERIAL_F0 = 36;
export const MATERIAL_TRANSMISSION = 40;
/** Reflectance of the dielectric at grazing incidence: 1, or 0 where there is no interface (ior 1). */
export const MATERIAL_F90 = 72;
export const MATERIAL_NORMAL_SCALE = 44;
export const MATERIAL_ALPHA_CUTOFF = 48;
/** u32 of MATERIAL_IS_... bits. */
export const MATERIAL_FLAGS = 52;
export const MATERIAL_BASE_COLOR_TEXTURE = 56;
export const MATERIAL_METALLIC_ROUGHNESS_TEXTURE = 60;
export const MATERIAL_EMISSIVE_TEXTURE = 64;
export const MATERIAL_NORMAL_TEXTURE = 68;
/** u32: address of the record of LAYERS_..., 0 for the plain materials that most are. */
export const MATERIAL_LAYERS = 76;

export const MATERIAL_IS_DOUBLE_SIDED = 1;
export const MATERIAL_IS_UNLIT = 2;
export const MATERIAL_IS_MASKED = 4;
export const MATERIAL_IS_BLENDED = 8;
/** Emits, as far as its factors say: emissive, or unlit. */
export const MATERIAL_IS_EMITTER = 16;

/** What a material has beyond metal, roughness, a constant thin transmission and emission. */
export const LAYERS_BYTES = 208;
/** u32 of LAYERS_HAVE_... bits. */
export const LAYERS_FLAGS = 0;
/** R times MATERIAL_TRANSMISSION. */
export const LAYERS_TRANSMISSION_TEXTURE = 4;
/** Index of refraction of the medium behind the surface; above 0. */
export const LAYERS_IOR = 8;
/** How much the index is lower for red and higher for blue. */
export const LAYERS_DISPERSION = 12;
/** RGB that white light becomes after LAYERS_ATTENUATION_DISTANCE. */
export const LAYERS_ATTENUATION_COLOR = 16;
/** Metres; may be infinite. */
export const LAYERS_ATTENUATION_DISTANCE = 28;
/** RGB per metre; written by the kernel. */
export const LAYERS_ABSORPTION = 32;
/** u32, address of glass.ts's table; written by the kernel. */
export const LAYERS_GLASS_TABLE = 44;
/** RGB. */
export const LAYERS_SPECULAR_COLOR = 48;
export const LAYERS_SPECULAR_STRENGTH = 60;
export const LAYERS_SPECULAR_STRENGTH_TEXTURE = 64;
export const LAYERS_SPECULAR_COLOR_TEXTURE = 68;
export const LAYERS_COAT_STRENGTH = 72;
export const LAYERS_COAT_ROUGHNESS = 76;
export const LAYERS_COAT_STRENGTH_TEXTURE = 80;
export const LAYERS_COAT_ROUGHNESS_TEXTURE = 84;
export const LAYERS_COAT_NORMAL_TEXTURE = 88;
export const LAYERS_COAT_NORMAL_SCALE = 92;
/** RGB. */
export const LAYERS_SHEEN_COLOR = 96;
export const LAYERS_SHEEN_ROUGHNESS = 108;
export const LAYERS_SHEEN_COLOR_TEXTURE = 112;
export const LAYERS_SHEEN_ROUGHNESS_TEXTURE = 116;
export const LAYERS_ANISOTROPY = 120;
/** Radians, counter-clockwise from the tangent. */
export const LAYERS_ANISOTROPY_ROTATION = 124;
export const LAYERS_ANISOTROPY_TEXTURE = 128;
/** Cosine and sine of the rotation; written by the kernel. */
export const LAYERS_ANISOTROPY_COS = 132;
export const LAYERS_ANISOTROPY_SIN = 136;
export const LAYERS_FILM_STRENGTH = 140;
export const LAYERS_FILM_IOR = 144;
/** Nanometres. */
export const LAYERS_FILM_THICKNESS_MINIMUM = 148;
export const LAYERS_FILM_THICKNESS_MAXIMUM = 152;
export const LAYERS_FILM_STRENGTH_TEXTURE = 156;
export const LAYERS_FILM_THICKNESS_TEXTURE = 160;
/** How much of the diffuse light goes on behind a thin sheet instead of back. */
export const LAYERS_TRANSLUCENCY = 164;
/** RGB of what goes on. */
export const LAYERS_TRANSLUCENT_COLOR = 168;
export const LAYERS_TRANSLUCENCY_TEXTURE = 180;
export const LAYERS_TRANSLUCENT_COLOR_TEXTURE = 184;

/** Transmits into a medium rather than through a thin sheet. */
export const LAYERS_HAVE_VOLUME = 1;
export const LAYERS_HAVE_COAT = 2;
export const LAYERS_HAVE_SHEEN = 4;
export const LAYERS_HAVE_ANISOTROPY = 8;
export const LAYERS_HAVE_FILM = 16;
export const LAYERS_HAVE_TRANSLUCENCY = 32;

/** A texture: an image and how to look into it. */
export const TEXTURE_STRIDE = 64;
/** u32: address of the 8-bit RGBA texels, first row at v = 0. */
export const TEXTURE_TEXELS = 0;
/** i32, at least 1. */
export const TEXTURE_WIDTH = 4;
/** i32, at least 1. */
export const TEXTURE_HEIGHT = 8;
/** u32, one of WRAP_... */
export const TEXTURE_WRAP_S = 12;
export const TEXTURE_WRAP_T = 16;
/** u32: 0 bilinear, 1 nearest. */
export const TEXTURE_NEAREST = 20;
/** u32: 0 or 1. */
export const TEXTURE_TEXCOORD = 24;
/** Two rows of three: uv' = M (u, v, 1). */
export const TEXTURE_TRANSFORM = 28;
/** u32 from 1: equal for textures that agree in size, wrap modes, uv set and transform, so that one point falls on the same texels. */
export const TEXTURE_LAYOUT = 52;

export const WRAP_REPEAT = 0;
export const WRAP_MIRROR = 1;
export const WRAP_CLAMP = 2;

/** The instances: fields of u32 at SCENE_INSTANCES in the scene's record, all 0 without any. */
export const INSTANCES_BYTES = 32;
export const INSTANCES_COUNT = 0;
/** Triangles in world space: those before the first mesh's. */
export const INSTANCES_WORLD_TRIANGLES = 4;
export const INSTANCES_MESH_COUNT = 8;
/** Address: two u32 a mesh, its first triangle and their number. */
export const INSTANCES_MESHES = 12;
/** Address: one u32 an instance, its mesh. */
export const INSTANCES_MESH_NUMBERS = 16;
/** Address: 12 f32 an instance, the rows of the matrix from its mesh's space to the world. */
export const INSTANCES_TRANSFORMS = 20;

/** A punctual light. Vectors are 3 f32 and a 0. */
export const LIGHT_STRIDE = 80;
/** RGB: radiant intensity, or irradiance of a directional light. */
export const LIGHT_INTENSITY = 0;
export const LIGHT_POSITION = 16;
/** Unit length, where the light goes to. */
export const LIGHT_DIRECTION = 32;
/** u32: LIGHT_IS_... */
export const LIGHT_KIND = 48;
/** Metres, or infinite. */
export const LIGHT_RANGE = 52;
/** Radians from the axis. */
export const LIGHT_INNER_ANGLE = 56;
export const LIGHT_OUTER_ANGLE = 60;
/** The kernel's own: cosine of the outer angle, and 1 over the difference of the cosines. */
export const LIGHT_COS_OUTER = 64;
export const LIGHT_CONE_SCALE = 68;

export const LIGHT_IS_POINT = 0;
export const LIGHT_IS_SPOT = 1;
export const LIGHT_IS_DIRECTIONAL = 2;

/** The view, 24 words. Basis vectors are 3 f32 each, unit length; the camera looks along -back. */
export const VIEW_BYTES = 96;
/** u32. */
export const VIEW_WIDTH = 0;
/** u32. */
export const VIEW_HEIGHT = 4;
/** u32. */
export const VIEW_BOUNCES = 8;
/** u32. */
export const VIEW_SEED = 12;
export const VIEW_POSITION = 16;
export const VIEW_RIGHT = 28;
export const VIEW_UP = 40;
export const VIEW_BACK = 52;
/** u32: 0 perspective, 1 orthographic. */
export const VIEW_IS_ORTHOGRAPHIC = 64;
/** Vertical field of view in radians, or half the height in metres. */
export const VIEW_EXTENT = 68;
/** Radius of the lens in metres; 0: a pinhole. */
export const VIEW_LENS_RADIUS = 72;
/** Metres from the camera to the plane in focus, along the view. */
export const VIEW_FOCUS_DISTANCE = 76;
/** The largest radiance that light scattered at least twice may bring; 0: no limit. */
export const VIEW_CLAMP = 80;

/** Guide images: bytes a pixel. Albedo RGB, normal XYZ, depth, number of rays that hit something. */
export const GUIDE_BYTES = 32;

/**
 * What cores that build one hierarchy share: see bvh/crew.ts. Each group that is written often has a cache line of its own.
 */
export const CREW_BYTES = 320;
/** i32: CREW_IS_... */
export const CREW_STATE = 0;
/** i32: changes whenever there may be something to do; waited for. */
export const CREW_SIGNAL = 4;
/** i32: whether there may be others than the core that builds. */
export const CREW_HAS_HELPERS = 8;
/** i32: what the items of the stage are. */
export const CREW_KIND = 12;
/** u64: the stage's number in the upper half, the next item in the lower. */
export const CREW_TICKET = 64;
/** i32: items of the stage. */
export const CREW_TOTAL = 128;
/** i32: how many of them are done. */
export const CREW_DONE = 132;
/** i32: 1 while somebody adds an item. */
export const CREW_LOCK = 136;
/** What is built: bvh/plan.ts. */
export const CREW_PLAN = 192;

export const CREW_IS_RUNNING = 0;
/** Built. */
export const CREW_IS_OVER = 1;
/** A helper, or the core that builds, is gone: the others must not wait for it. */
export const CREW_IS_ABANDONED = 2;
export const CREW_IS_OUT_OF_MEMORY = 3;

/** At most so many help the one that builds. */
export const MAX_HELPERS = 7;
/** Room for what a helper's instance has for itself. */
export const HELPER_BYTES = 1 << 20;

/** What `finishScene` and `setEnvironmentMap` return when the memory cannot grow. */
export const OUT_OF_MEMORY = -2;
/** What `finishScene` returns when a coordinate is not finite. */
export const NOT_FINITE = -1;
