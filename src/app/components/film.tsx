/** The picture as it comes, and over it the Tiles in work in the colour of the Node that has them. */
import { effect, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { FilmMeter } from '../stage/film-meter.ts';
import { FilmPainter } from '../stage/film-painter.ts';
import { tileRectangle } from '../stage/tile-rectangle.ts';
import type { JobView } from '../state/jobs.ts';
import { nodeTag } from '../state/node-colours.ts';
import { isActualSize } from '../state/zoom.ts';
import { useApp } from './app-context.ts';
import { nodeStyle } from './node-chip.tsx';
import { TileMap } from './tile-map.tsx';

export function Film({ view }: { readonly view: JobView }) {
  const { settings, picture, player, room } = useApp();
  const Marks = room.marks.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<FilmPainter>(undefined);
  const { film, frames, events } = view.job;

  useEffect(() => {
    if (!canvas.current) return;
    let shown = frames[player.frame.peek()] ?? film;
    const own = new FilmPainter(canvas.current, shown);
    painter.current = own;
    let isGone = false;
    // By the first frame, for all: what suits each of them flickers.
    const filmMeter = new FilmMeter(film);
    const meter = (): void => {
      const stops = isGone ? undefined : filmMeter.read();
      if (stops !== undefined) settings.meter(stops);
    };
    void film.load().then(meter);
    const stop = events.on('tiles', (parts) => {
      const tiles = parts.map((part) => part - shown.firstPart);
      own.paint(tiles.filter((tile) => tile >= 0 && tile < shown.tileSamples.length));
    });
    // With the numbers beside it: one frame of the page for all that is new.
    const stopFollowing = effect(() => {
      view.progress.value;
      meter();
      own.paintNow();
    });
    // A finished frame may be set aside: it is there before it is painted, and stays for as long as that takes.
    const stopShowing = effect(() => {
      const next = frames[player.frame.value] ?? film;
      const look = settings.look.value;
      const paint = (): void => {
        if (isGone || (frames[player.frame.peek()] ?? film) !== next) return;
        if (next === shown) own.setLook(look);
        else {
          shown = next;
          own.setLook(look);
          own.setFilm(next);
        }
      };
      void next.load().then(paint, paint);
    });
    return () => {
      isGone = true;
      stop();
      stopFollowing();
      stopShowing();
      own.dispose();
      settings.meter(0);
    };
  }, [film, frames, events, settings, player, view]);

  useSignalEffect(() => {
    const denoised = picture.denoised.value;
    const isShown =
      denoised?.job === view.job && denoised.frame === player.frame.value && !picture.isComparing.value;
    painter.current?.setMeans(isShown ? denoised.means : undefined);
  });

  return (
    <div class="film-frame" data-actual={isActualSize.value} tabIndex={isActualSize.value ? 0 : undefined}>
      <div class="film" style={{ '--width': String(film.width), '--height': String(film.height) }}>
        <canvas
          ref={canvas}
          role="img"
          aria-label="Rendered picture"
          width={film.width}
          height={film.height}
        />
        <TileMap view={view} />
        <TilesInWork view={view} />
        {Marks && <Marks job={view.job} />}
        <DenoisedMark view={view} />
      </div>
    </div>
  );
}

/** So that nobody takes the filter's work for the renderer's. */
function DenoisedMark({ view }: { readonly view: JobView }) {
  const { picture } = useApp();
  if (picture.denoised.value?.job !== view.job) return null;
  return (
    <p class="film-mark" role="status" data-testid="denoised-mark">
      {picture.isComparing.value ? 'As rendered' : 'Denoised'}
    </p>
  );
}

function TilesInWork({ view }: { readonly view: JobView }) {
  const { colours, player } = useApp();
  if (view.state.value !== 'rendering') return null;
  const film = view.job.frames[player.frame.value] ?? view.job.film;
  const isShown = ({ part }: { readonly part: number }): boolean =>
    part >= film.firstPart && part < film.firstPart + film.tileSamples.length;
  return (
    <div class="tiles" aria-hidden="true">
      {view.progress.value.active.filter(isShown).map(({ part, node }) => {
        const { x, y, width, height } = tileRectangle(film, part - film.firstPart);
        return (
          <div
            key={`${part} ${node}`}
            class="tile"
            data-node={node}
            style={{
              ...nodeStyle(colours.of(node)),
              left: `${(100 * x) / film.width}%`,
              top: `${(100 * y) / film.height}%`,
              width: `${(100 * width) / film.width}%`,
              height: `${(100 * height) / film.height}%`,
            }}
          >
            <span>{nodeTag(node)}</span>
          </div>
        );
      })}
    </div>
  );
}
