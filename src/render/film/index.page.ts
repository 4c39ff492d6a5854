/** What a page needs before there is a picture. */
export { passBoundaries } from './plan.ts';
export { develop } from './tile-pixels.ts';
export { TILE_SIZE } from './tiles.ts';
