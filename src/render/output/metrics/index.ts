/** How far two pictures are apart, for tests, benchmarks and the comparison page; nothing here lands in a picture. */
export { FLIP_PIXELS_PER_DEGREE, type FlipOptions, flip } from './flip.ts';
export { rmse } from './rmse.ts';
