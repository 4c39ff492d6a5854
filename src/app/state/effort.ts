/** How much work goes into a picture, and what it has come to, in words. */
import type { FilmView } from '../../render/job/index.ts';
import type { RenderSettings } from '../../render/settings.ts';
import { countOf, formatCount } from './format.ts';

type Goal = Pick<RenderSettings, 'samples' | 'noise'>;

/** "64 samples", or "until noise < 0.02". */
export function effortOf({ samples, noise }: Goal): string {
  return noise > 0 ? `until noise < ${noise}` : countOf(samples, 'sample');
}

/** For a line of a list: "64 spp", "noise < 0.02". */
export function shortEffort({ samples, noise }: Goal): string {
  return noise > 0 ? `noise < ${noise}` : `${samples} spp`;
}

/** The noisiest Tile's noise and the goal: "0.034 → 0.02"; "–" while it is not known. */
export function noiseText(noise: number | undefined, goal: number): string {
  return `${noise === undefined ? '–' : formatNoise(noise)} → ${goal}`;
}

/** Two digits: the third is noise itself. */
export function formatNoise(noise: number): string {
  return String(Number(noise.toPrecision(2)));
}

export function tilesText(finished: number, { tilesAcross, tilesDown }: FilmView, frames = 1): string {
  return `${formatCount(finished)} of ${formatCount(tilesAcross * tilesDown * frames)} finished`;
}

/** "64 a pixel", or from the calmest to the noisiest Tile "32–480 a pixel". */
export function samplesText({ tileSamples }: Pick<FilmView, 'tileSamples'>): string {
  const least = tileSamples.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = tileSamples.reduce((a, b) => Math.max(a, b), 0);
  const range = least < most ? `${formatCount(least)}–${formatCount(most)}` : formatCount(most);
  return `${range} a pixel`;
}
