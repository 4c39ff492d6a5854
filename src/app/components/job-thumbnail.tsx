/** A render at a glance: its picture, small, renewed now and then while it comes and is in sight. */
import { useEffect, useRef } from 'preact/hooks';
import { DEFAULT_TONE_MAPPING, suitedExposure, toneMap } from '../../render/output/index.ts';
import { systemTimers } from '../../runtime/index.ts';
import { SparingPainter } from '../stage/sparing-painter.ts';
import { thumbnailOf } from '../stage/thumbnail.ts';
import type { JobView } from '../state/jobs.ts';

/** Twice the size on the page: sharp on most screens. */
const EDGE = 80;

export function JobThumbnail({ view }: { readonly view: JobView }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { film, events } = view.job;
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    let isGone = false;
    const paint = (): void => {
      if (isGone) return;
      const { means, width, height } = thumbnailOf(film, EDGE);
      const exposure = suitedExposure(means, width, height);
      const rgba = toneMap(means, { exposure, toneMapping: DEFAULT_TONE_MAPPING });
      element.width = width;
      element.height = height;
      context.putImageData(new ImageData(rgba, width, height), 0, 0);
    };
    // Of an animation its first frame, which may be set aside.
    const painter = new SparingPainter(() => void film.load().then(paint, paint), systemTimers);
    let isOnScreen = false;
    const look = (): void => painter.see(isOnScreen && document.visibilityState === 'visible');
    // A tab out of sight is told nothing of what is on its screen, hence both.
    const screen = new IntersectionObserver((entries) => {
      isOnScreen = entries.at(-1)?.isIntersecting ?? false;
      look();
    });
    screen.observe(element);
    document.addEventListener('visibilitychange', look);
    const stop = events.on('tiles', () => painter.changed());
    return () => {
      isGone = true;
      stop();
      document.removeEventListener('visibilitychange', look);
      screen.disconnect();
      painter.dispose();
    };
  }, [film, events]);
  return (
    <span class="job-thumbnail" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}
