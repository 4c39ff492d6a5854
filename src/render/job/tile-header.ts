/**
 * What goes before a Tile in a message, whether its means follow (messages.ts) or a preview of them (preview-tiles.ts): part (u32), samples
 * (u32) and, only where the render has a noise goal, which its spec tells, noise (f32). Little-endian.
 */
import type { TileGoal } from '../film/index.ts';

export interface TileHeader {
  readonly part: number;
  readonly samples: number;
  /** Infinity while it is not known. */
  readonly noise: number;
}

export const tileHeaderBytes = ({ noise }: TileGoal): number => (noise > 0 ? 12 : 8);

export function writeTileHeader(view: DataView, at: number, goal: TileGoal, header: TileHeader): void {
  view.setUint32(at, header.part, true);
  view.setUint32(at + 4, header.samples, true);
  if (goal.noise > 0) view.setFloat32(at + 8, header.noise, true);
}

/** Undefined where it is cut short, or its noise is none. */
export function readTileHeader(view: DataView, at: number, goal: TileGoal): TileHeader | undefined {
  if (at + tileHeaderBytes(goal) > view.byteLength) return undefined;
  const noise = goal.noise > 0 ? view.getFloat32(at + 8, true) : Number.POSITIVE_INFINITY;
  if (!(noise >= 0)) return undefined;
  return { part: view.getUint32(at, true), samples: view.getUint32(at + 4, true), noise };
}
