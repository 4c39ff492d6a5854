export { FilmTooLargeError, parseBlockSums } from './film.ts';
export {
  FinishedFrames,
  inMemory,
  type SetAside,
  tiledMeans,
} from './finished-frames.ts';
export { filmHash, rangeHash } from './hash.ts';
export { averageSamples, expectedSamples, isTileFinished, type TileGoal } from './noise.ts';
export { pixelSamples } from './pixel-samples.ts';
export { type BlockPlan, blockPlan } from './plan.ts';
export { Reel } from './reel.ts';
export { develop, type TiledPicture, tileFloats } from './tile-pixels.ts';
export {
  TILE_SIZE,
  type TileBounds,
  type TileGrid,
  tileAt,
  tileBounds,
  tiledPixel,
  tileGrid,
  tileStart,
} from './tiles.ts';
