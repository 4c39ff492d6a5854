/** A render by noise, seen as its Tiles: how many samples each has got, or how noisy it still is. */
import { signal } from '@preact/signals';
import type { FilmView } from '../../render/job/index.ts';
import { formatNoise } from './effort.ts';
import { formatCount } from './format.ts';

export type TileMapKind = 'none' | 'samples' | 'noise';

/** A view preference: it lasts as long as the page. */
export const tileMapKind = signal<TileMapKind>('none');

export interface TileMark {
  readonly text: string;
  /** 0 (calm, little work) .. 1. */
  readonly heat: number;
}

/** Heat by the logarithm: samples and noise range over powers of ten. Noise is measured against the goal: 0 is reached. */
export function tileMarks(
  film: Pick<FilmView, 'tileSamples' | 'tileNoise'>,
  kind: Exclude<TileMapKind, 'none'>,
  goal: number,
): readonly TileMark[] {
  const values = kind === 'samples' ? film.tileSamples : film.tileNoise;
  const least = kind === 'samples' ? 16 : goal;
  let most = least * 2;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, value);
  return Array.from(values, (value) => {
    if (!Number.isFinite(value)) return { text: '–', heat: 1 };
    const heat = Math.log(Math.max(value, least) / least) / Math.log(most / least);
    return { text: kind === 'samples' ? formatCount(value) : formatNoise(value), heat };
  });
}
