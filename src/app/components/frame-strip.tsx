/**
 * The frames of an animation under its picture: one slider over all of them, coloured by how far each is, and a button that plays what
 * is finished. Loaded with the first render that has several.
 */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { frameTime } from '../../render/settings.ts';
import { systemTimers } from '../../runtime/index.ts';
import { finishedCount, runsOf, stateOfFrame } from '../state/frame-states.ts';
import type { JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

/** Between two looks at how far the frames are. */
const LOOK_MS = 300;

const STATE_TEXT = { finished: 'finished', work: 'in work', missing: 'not begun' } as const;

export function FrameStrip() {
  const view = useApp().shownJob.value;
  return view ? <Strip key={view.job.id} view={view} /> : null;
}

function Strip({ view }: { readonly view: JobView }) {
  const { player } = useApp();
  const { job } = view;
  const { frames, spec, events } = job;
  const looks = useSignal(0);
  useEffect(() => {
    let stopTimer: (() => void) | undefined;
    const changed = (): void => {
      stopTimer ??= systemTimers.after(LOOK_MS, () => {
        stopTimer = undefined;
        looks.value++;
      });
    };
    const stops = [events.on('frame', changed), events.on('tiles', changed)];
    return () => {
      stopTimer?.();
      for (const stop of stops) stop();
    };
  }, [events, looks]);
  // Drawn anew at each look: the frames themselves tell nobody.
  looks.value;
  const shown = player.frame.value;
  const frame = frames[shown];
  const range = spec.frames;
  if (!frame || !range) return null;
  const isPlaying = player.isPlaying.value;
  const number = range.first + shown;
  const state = STATE_TEXT[stateOfFrame(frame)];
  const finished = finishedCount(frames);
  const hash = job.frameHash(shown);
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fieldset of a form
    <div class="frames" role="group" aria-label="Frames">
      <button
        type="button"
        class="button icon"
        aria-label={isPlaying ? 'Stop playing' : 'Play finished frames'}
        title={isPlaying ? 'Stop playing' : 'Play finished frames'}
        disabled={!isPlaying && finished < 2}
        onClick={() => (isPlaying ? player.pause() : player.play())}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
      </button>
      <div class="frames-track">
        <div class="frames-states" aria-hidden="true">
          {runsOf(frames).map(({ first, count, state: one }) => (
            <i key={first} data-state={one} style={{ flexGrow: count }} />
          ))}
        </div>
        <input
          type="range"
          aria-label="Frame"
          aria-valuetext={`Frame ${number}, ${state}`}
          min={range.first}
          max={range.last}
          step={1}
          value={number}
          onInput={(event) => player.show(event.currentTarget.valueAsNumber - range.first)}
        />
      </div>
      <p class="frames-text">
        <strong>
          Frame {number} <span class="muted">at {Number(frameTime(range, shown).toFixed(3))} s</span>
        </strong>
        <span class="muted">
          {finished} of {frames.length} finished
        </span>
        {hash !== undefined && (
          <output class="frame-hash" aria-label="Frame hash" title={hash} data-testid="frame-hash">
            {hash}
          </output>
        )}
      </p>
    </div>
  );
}
