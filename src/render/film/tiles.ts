/**
 * How a frame is cut into Tiles: 64x64 pixels, numbered row by row from the top left, narrower at the right and bottom
 * edges. Pure arithmetic, the same on every Node.
 */

/** Edge of a Tile in pixels. 64x64x16 samples are about a tenth of a second of one core: small enough to balance and to
 * lose, large enough that its 48 KiB of sums are cheap to send. */
export const TILE_SIZE = 64;

export interface TileGrid {
  readonly width: number;
  readonly height: number;
  readonly tilesAcross: number;
  readonly tilesDown: number;
  readonly tileCount: number;
}

/** A rectangle of pixels, from the top left of the frame. */
export interface TileBounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function tileGrid(width: number, height: number): TileGrid {
  const tilesAcross = Math.ceil(width / TILE_SIZE);
  const tilesDown = Math.ceil(height / TILE_SIZE);
  return { width, height, tilesAcross, tilesDown, tileCount: tilesAcross * tilesDown };
}

/** `tile` must be in 0..tileCount-1. */
export function tileBounds(grid: TileGrid, tile: number): TileBounds {
  const x = (tile % grid.tilesAcross) * TILE_SIZE;
  const y = Math.floor(tile / grid.tilesAcross) * TILE_SIZE;
  return { x, y, width: Math.min(TILE_SIZE, grid.width - x), height: Math.min(TILE_SIZE, grid.height - y) };
}

/** Pixels before it where a picture is kept Tile after Tile, each Tile row by row. */
export function tileStart(grid: TileGrid, tile: number): number {
  const { x, y, height } = tileBounds(grid, tile);
  return y * grid.width + x * height;
}

/** The Tile that has a pixel. */
export function tileAt(grid: TileGrid, x: number, y: number): number {
  return Math.floor(y / TILE_SIZE) * grid.tilesAcross + Math.floor(x / TILE_SIZE);
}

/** The place of a pixel in that order. */
export function tiledPixel(grid: TileGrid, x: number, y: number): number {
  const tile = tileAt(grid, x, y);
  const bounds = tileBounds(grid, tile);
  return tileStart(grid, tile) + (y - bounds.y) * bounds.width + x - bounds.x;
}

/**
 * Every Tile once, in a square spiral from the centre outwards: what people look at comes first. An integer walk rather
 * than a sort by angle, so that no host's rounding can order it differently (a Task is named by its place in the plan).
 */
export function spiralOrder(grid: TileGrid): Uint32Array {
  const order = new Uint32Array(grid.tileCount);
  let column = Math.floor((grid.tilesAcross - 1) / 2);
  let row = Math.floor((grid.tilesDown - 1) / 2);
  let found = 0;
  let [dx, dy] = [1, 0];
  const visit = (): void => {
    const inside = column >= 0 && column < grid.tilesAcross && row >= 0 && row < grid.tilesDown;
    if (inside && found < grid.tileCount) order[found++] = row * grid.tilesAcross + column;
  };
  visit();
  // Legs of 1, 1, 2, 2, 3, 3 ... steps, turning right after each.
  for (let leg = 0; found < grid.tileCount; leg++) {
    for (let step = 0; step <= leg >> 1; step++) {
      column += dx;
      row += dy;
      visit();
    }
    [dx, dy] = [-dy, dx];
  }
  return order;
}
