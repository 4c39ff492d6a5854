/** A render at a glance: its picture, small, renewed at most every two seconds while it comes. */
import { useEffect, useRef } from 'preact/hooks';
import { DEFAULT_TONE_MAPPING, suitedExposure, toneMap } from '../../render/output/index.ts';
import { thumbnailOf } from '../stage/thumbnail.ts';
import type { JobView } from '../state/jobs.ts';

const REPAINT_MS = 2_000;
/** Twice the size on the page: sharp on most screens. */
const EDGE = 80;

export function JobThumbnail({ view }: { readonly view: JobView }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { film, events } = view.job;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const paint = (): void => {
      timer = undefined;
      const context = canvas.current?.getContext('2d');
      if (!context || document.visibilityState === 'hidden') return;
      const { means, width, height } = thumbnailOf(film, EDGE);
      const exposure = suitedExposure(means, width, height);
      const rgba = toneMap(means, { exposure, toneMapping: DEFAULT_TONE_MAPPING });
      context.canvas.width = width;
      context.canvas.height = height;
      context.putImageData(new ImageData(rgba, width, height), 0, 0);
    };
    const later = (): void => {
      timer ??= setTimeout(paint, REPAINT_MS);
    };
    paint();
    const stop = events.on('tiles', later);
    document.addEventListener('visibilitychange', later);
    return () => {
      stop();
      document.removeEventListener('visibilitychange', later);
      clearTimeout(timer);
    };
  }, [film, events]);
  return (
    <span class="job-thumbnail" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}
