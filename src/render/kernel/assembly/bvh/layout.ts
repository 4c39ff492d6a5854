// How the hierarchy lies in memory, for the builder that writes it and the traversal that reads it.
//
// A reference is a u32: the address of a node, of a packet with its lowest bit set, or something apart (its fourth bit set):
// the address of an instance with its second bit set, or no address. Nodes and packets are multiples of 32 bytes at multiples of 32, which makes a node touch exactly four cache lines and
// a packet exactly three; an instance is one cache line.
// Everything inside is in the scene's own scale (see `header`), so products of coordinates neither overflow nor underflow.

/** The hierarchy's header, 64 bytes: what a ray needs before it meets the first node. */
export const HEADER_BYTES: usize = 64;
/** v128: lower corner of the scene, scaled. */
export const HEADER_LOWER: usize = 0;
/** v128: upper corner of the scene, scaled. */
export const HEADER_UPPER: usize = 16;
/** f32: the power of two that coordinates were multiplied by, so that the largest lies in [0.5, 1). */
export const HEADER_SCALE: usize = 32;
/** u32: reference of the root. */
export const HEADER_ROOT: usize = 36;
/** u32: with instances, where their records begin; else 0. */
export const HEADER_RECORDS: usize = 40;
/**
 * u32: with instances, another header for the rays, with bounds so far that the slack of boxes, which grows with them, covers
 * the way into an instance as well.
 */
export const HEADER_LOOSE: usize = 44;
/** u32, in that other header: whether the slack may not be enough. Then what a ray hits depends on the boxes that it tests. */
export const HEADER_IS_STRAINED: usize = 48;

/**
 * A node: eight boxes, one plane after the other (lower x of all eight, upper x, lower y, upper y, lower z, upper z), then
 * eight references. An unused place has an inside-out box that no ray meets.
 */
export const NODE_BYTES: usize = 224;
export const NODE_CHILDREN: usize = 192;
/** Between one plane of the eight boxes and the next. */
export const PLANE_BYTES: usize = 32;
export const WIDTH: i32 = 8;

/**
 * A packet: four triangles as nine coordinates of four lanes (x, y, z of vertex 0, then 1, then 2), then their four numbers
 * in rising order. An unused lane has three equal vertices, which no ray hits.
 */
export const PACKET_BYTES: usize = 160;
export const PACKET_VERTEX: usize = 48;
export const PACKET_NUMBERS: usize = 144;
export const LANES: i32 = 4;

export const PACKET_BIT: u32 = 1;
export const APART_BIT: u32 = 8;
export const INSTANCE_BITS: u32 = APART_BIT | 2;
/** Where a ray inside an instance goes back to the world, and where nothing is left to be visited. */
export const EXIT: u32 = APART_BIT | 4;
export const END: u32 = APART_BIT;

/**
 * An instance: what takes a ray from the world, in the world's scale, to its mesh in the mesh's scale: the three columns of a
 * matrix (each v128 with 0 in its fourth lane), after the instance's place has been taken off (v128, in whose fourth lane
 * stands the address of the mesh's header).
 */
export const INSTANCE_BYTES: usize = 64;
export const INSTANCE_COLUMNS: usize = 0;
export const INSTANCE_PLACE: usize = 48;
export const INSTANCE_HEADER: usize = 60;

/**
 * What goes into a tree while it is built, 32 bytes: lower corner and the number of a triangle (in a tree of instances: what
 * its place will refer to), upper corner and an unused word.
 */
export const REFERENCE_BYTES: usize = 32;

/**
 * Triangles or references to a call. Loops over all of them run in chunks, one call each: an engine exchanges the code of a
 * function for its optimized version between calls, never within one, and a scene is built once, not often.
 */
export const CHUNK: i32 = 2048;

/** Nodes between the root and the deepest packet, at most: the builder keeps to it, so that a stack of fixed size is enough. */
export const MAX_DEPTH: i32 = 72;

/** Traversal touches memory up to this far from where a record begins. */
export const READ_AHEAD_BYTES: usize = 256;
