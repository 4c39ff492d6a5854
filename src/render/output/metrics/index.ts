/** How far two pictures are apart, for tests, benchmarks and the comparison page; nothing here lands in a picture. */
export { flip } from './flip.ts';
export { rmse } from './rmse.ts';
