/** The picture as it comes, and over it the Tiles in work in the colour of the Node that has them. */
import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { meteredExposure } from '../../render/output/index.ts';
import { FilmPainter } from '../stage/film-painter.ts';
import { tileRectangle } from '../stage/tile-rectangle.ts';
import type { JobView } from '../state/jobs.ts';
import { nodeTag } from '../state/node-colours.ts';
import { isActualSize } from '../state/zoom.ts';
import { useApp } from './app-context.ts';
import { nodeStyle } from './node-chip.tsx';
import { TileMap } from './tile-map.tsx';

export function Film({ view }: { readonly view: JobView }) {
  const { settings, picture } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<FilmPainter>(undefined);
  const { film } = view.job;

  useEffect(() => {
    if (!canvas.current) return;
    const own = new FilmPainter(canvas.current, film);
    painter.current = own;
    own.setLook(settings.look.peek());
    const meter = (): void => {
      // Before every Tile has come a part would speak for the whole.
      if (film.tileSamples.every((samples) => samples > 0)) {
        settings.meter(meteredExposure((x, y) => film.brightest(x, y), film.width, film.height));
      }
    };
    meter();
    const stop = view.job.events.on('tiles', (tiles) => {
      own.paint(tiles);
      meter();
    });
    return () => {
      stop();
      own.dispose();
      settings.meter(0);
    };
  }, [view, film, settings]);
  useSignalEffect(() => {
    painter.current?.setLook(settings.look.value);
  });

  useSignalEffect(() => {
    const denoised = picture.denoised.value;
    const isShown = denoised?.job === view.job && !picture.isComparing.value;
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
  const { colours } = useApp();
  if (view.state.value !== 'rendering') return null;
  const { film } = view.job;
  return (
    <div class="tiles" aria-hidden="true">
      {view.progress.value.active.map(({ part, node }) => {
        const { x, y, width, height } = tileRectangle(film, part);
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
