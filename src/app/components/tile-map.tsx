/** Over the picture of a render by noise: where the work went, or how noisy it still is. */

import { tileRectangle } from '../stage/tile-rectangle.ts';
import type { JobView } from '../state/jobs.ts';
import { type TileMapKind, tileMapKind, tileMarks } from '../state/tile-map.ts';
import { useApp } from './app-context.ts';

const CHOICES: readonly { readonly kind: TileMapKind; readonly text: string }[] = [
  { kind: 'none', text: 'Picture only' },
  { kind: 'samples', text: 'Samples map' },
  { kind: 'noise', text: 'Noise map' },
];

/** More Tiles than this are too small to be read, and a page full of elements. */
const MAX_TILES = 2500;

export function TileMapSelect({ view }: { readonly view: JobView }) {
  const { tilesAcross, tilesDown } = view.job.film;
  if (view.job.spec.settings.noise === 0 || tilesAcross * tilesDown > MAX_TILES) return null;
  return (
    <select
      class="select tool-select"
      aria-label="Map over the picture"
      value={tileMapKind.value}
      onChange={(event) => {
        const chosen = CHOICES.find(({ kind }) => kind === event.currentTarget.value);
        if (chosen) tileMapKind.value = chosen.kind;
      }}
    >
      {CHOICES.map(({ kind, text }) => (
        <option key={kind} value={kind}>
          {text}
        </option>
      ))}
    </select>
  );
}

export function TileMap({ view }: { readonly view: JobView }) {
  const { player } = useApp();
  const { frames, spec } = view.job;
  const film = frames[player.frame.value] ?? view.job.film;
  const kind = tileMapKind.value;
  if (kind === 'none' || spec.settings.noise === 0 || film.tileSamples.length > MAX_TILES) return null;
  // Drawn anew as the progress ticks; the film itself tells nobody that it changed.
  view.progress.value;
  return (
    <div class="tile-map" aria-hidden="true">
      {tileMarks(film, kind, spec.settings.noise).map(({ text, heat }, tile) => {
        const { x, y, width, height } = tileRectangle(film, tile);
        return (
          <i
            key={`${x} ${y}`}
            style={{
              left: `${(100 * x) / film.width}%`,
              top: `${(100 * y) / film.height}%`,
              width: `${(100 * width) / film.width}%`,
              height: `${(100 * height) / film.height}%`,
              // From dark violet over red to pale yellow: lightness alone tells the order, too.
              background: `hsl(${280 + 140 * heat} 80% ${20 + 60 * heat}%)`,
              color: heat > 0.6 ? '#000' : '#fff',
            }}
          >
            <span>{text}</span>
          </i>
        );
      })}
    </div>
  );
}
