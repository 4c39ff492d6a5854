/**
 * How much a scene may hold. A hostile file must fail here, before memory is asked for; an honest one should only meet a
 * limit where the kernel's 4 GiB of WASM memory would be the next one.
 */

/** About 32 B a triangle of vertices, 16 B of indices and 150 B of BVH: 8 million stay well below 4 GiB. */
export const MAX_TRIANGLES = 8_000_000;

/**
 * A primitive without normals gets flat ones up to so many triangles, which takes three vertices a triangle. Larger ones keep
 * the vertices they share, about a third of the memory, and have no normals: who draws them takes the triangle's own.
 */
export const MOST_FLAT_TRIANGLES = 2 ** 18;

/**
 * Texels of all images together: 2 GiB of RGBA, half of the kernel's memory. The same on every machine, so that a picture is;
 * what is above is halved.
 */
export const MAX_TEXELS = 2 ** 29;

/** Texels of the small copies that a preview shows: 128 MiB. */
export const MAX_PREVIEW_TEXELS = 2 ** 25;

/** Edge of one image; the largest that GPUs and modelling tools make. */
export const MAX_IMAGE_SIDE = 16_384;

/** Of a JPEG of four colours: its decoder keeps 24 bytes a pixel. */
export const MAX_CMYK_TEXELS = 2 ** 26;

/** Bytes that all decoded accessors, and all unpacked files of an archive, may take. A guess: a quarter of a tab's memory. */
export const MAX_DECODED_BYTES = 2 ** 30;

/** Files in an archive. */
export const MAX_ARCHIVE_ENTRIES = 10_000;

/** Entries of one glTF array (nodes, accessors ...). The largest CAD exports have some hundred thousand. */
export const MAX_LIST_LENGTH = 1_000_000;

/**
 * Primitives written to world space, those of a mesh once for each place; a file of a few bytes a node could ask for billions
 * of empty ones. (How many instances there may be: ../placement.ts.)
 */
export const MAX_PRIMITIVE_INSTANCES = 1_000_000;

/** Edge of an environment map in pixels. */
export const MAX_ENVIRONMENT_SIDE = 8_192;

/** What a name in a file may be long; longer ones are cut. They are only ever shown. */
export const MAX_NAME_LENGTH = 200;

/** Radiance above this is no honest light (a million suns at noon), and sums of its squares would overflow f32. */
export const MAX_RADIANCE = 1e15;

/** Vertical fields of view, radians: up to 178 degrees; a wider pinhole shows nothing but its edges. */
export const MIN_YFOV = 1e-4;
export const MAX_YFOV = 3.1;

/** Half the height that a parallel view shows, metres of a scene that was brought to the size of rooms. */
export const MIN_YMAG = 1e-9;
export const MAX_YMAG = 1e9;

/** A quarter turn in radians: the widest spot light. */
export const QUARTER_TURN = 1.5707963267948966;

/** Radians; beyond, single precision no longer tells angles apart. */
export const MAX_ANGLE = 1e4;

/** Metres over which a medium absorbs or a light reaches; above is as good as Infinity, squares stay within f32. */
export const MIN_DISTANCE = 1e-9;
export const MAX_DISTANCE = 1e18;

/** Metres from the origin for cameras and lights: squares of distances stay within f32. */
export const MAX_COORDINATE = 1e15;

/** What a fully absorbing channel becomes: its logarithm must be finite. */
export const MIN_ATTENUATION_COLOR = 1e-6;

/** Beyond every substance, for refractive indices and for dispersion. */
export const MAX_IOR = 100;

/** KHR_materials_specular lets colours exceed 1; the reflectance they make is cut at 1. */
export const MAX_SPECULAR_COLOR = 1e6;

/** Nanometres of an iridescent film: a millimetre has no colours left. */
export const MAX_THICKNESS = 1e6;

/** Punctual lights in one scene: each is a table entry of the kernel. */
export const MAX_LIGHTS = 65_536;

/** Vertices that skins and morph targets may move, all targets counted: some ten seconds of work. */
export const MAX_DEFORMED_VERTICES = 2 ** 27;

/** Morph targets of one primitive, far above the richest faces; and sets of four joints that move a vertex. */
export const MAX_MORPH_TARGETS = 4_096;
export const MAX_JOINT_SETS = 4;

/** Pixels across an environment that was read from a person's file: 8 million texels are 25 MB to send. */
export const MAX_ENVIRONMENT_WIDTH = 4_096;

/** 16384 x 8192: Radiance pictures are read row by row. */
export const MAX_RADIANCE_TEXELS = 2 ** 27;

/** 8192 x 4096: OpenEXR pictures are held as floats, 512 MiB. */
export const MAX_EXR_TEXELS = 2 ** 25;
