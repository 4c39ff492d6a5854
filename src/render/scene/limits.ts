/**
 * How much a scene may hold. A hostile file must fail here, before memory is asked for; an honest one should only meet a
 * limit where the kernel's 4 GiB of WASM memory would be the next one.
 */

/** About 32 B a triangle of vertices, 16 B of indices and 150 B of BVH: 8 million stay well below 4 GiB. */
export const MAX_TRIANGLES = 8_000_000;

/** Pixels of all images together: 512 MiB of RGBA. */
export const MAX_TEXELS = 2 ** 27;

/** Edge of one image; the largest that GPUs and modelling tools make. */
export const MAX_IMAGE_SIDE = 16_384;

/** Bytes that all decoded accessors, and all unpacked files of an archive, may take. A guess: a quarter of a tab's memory. */
export const MAX_DECODED_BYTES = 2 ** 30;

/** Files in an archive. */
export const MAX_ARCHIVE_ENTRIES = 10_000;

/** Entries of one glTF array (nodes, accessors ...). The largest CAD exports have some hundred thousand. */
export const MAX_LIST_LENGTH = 1_000_000;

/** Primitives after instancing; a file of a few bytes a node could ask for billions of empty ones. */
export const MAX_PRIMITIVE_INSTANCES = 1_000_000;

/** Edge of an environment map in pixels. */
export const MAX_ENVIRONMENT_SIDE = 8_192;

/** What a name in a file may be long; longer ones are cut. They are only ever shown. */
export const MAX_NAME_LENGTH = 200;

/** Radiance above this is no honest light, and its square would overflow f32. */
export const MAX_RADIANCE = 1e18;

/** Vertical fields of view, radians: up to 178 degrees; a wider pinhole shows nothing but its edges. */
export const MIN_YFOV = 1e-4;
export const MAX_YFOV = 3.1;
