/** Beneath the picture: how far it is, how fast it comes, who renders it, and in the end its hash. */

import { noiseText, samplesText, tilesText } from '../state/effort.ts';
import { formatDuration, formatSampleRate, percentOf, sentence } from '../state/format.ts';
import { isAtWork, type JobView } from '../state/jobs.ts';
import { endingOf } from '../state/phase.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { JobDetails } from './job-details.tsx';
import { JobLog } from './job-log.tsx';
import { LazyPart } from './lazy-part.tsx';
import { PictureHash } from './picture-hash.tsx';
import { Shares } from './shares.tsx';
import { Transfers } from './transfers.tsx';

const loadFrameStrip = async () => (await import('./frame-strip.tsx')).FrameStrip;

export function FilmStatus({ view }: { readonly view: JobView }) {
  const app = useApp();
  const { job } = view;
  const { state, reason, liars } = view.standing.value;
  const progress = view.progress.value;
  const percent = state === 'done' ? 100 : percentOf(progress.samplesDone, progress.samplesTotal);
  // Of one that ended before this page was loaded nobody here knows how long it took.
  const isTimed = isAtWork(state) || progress.elapsedSeconds > 0;
  // While it runs the speed of now, else that of the whole.
  const speed = isAtWork(state) ? progress.samplesPerSecond : progress.samplesDone / progress.elapsedSeconds;
  const { noise: goal } = job.spec.settings;
  return (
    <div class="film-status">
      {job.frames.length > 1 && <LazyPart name="the frames" load={loadFrameStrip} onFailed={() => {}} />}
      <div class="film-progress">
        <strong class="film-percent">{percent} %</strong>
        <div
          class="bar"
          role="progressbar"
          aria-label="Render progress"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
          data-state={state}
        >
          <i style={{ width: `${percent}%` }} />
        </div>
        {view.isRunning.value && (
          <>
            {state === 'paused' ? (
              <button type="button" class="button" onClick={() => void app.ask(() => job.resume())}>
                <Icon name="play" />
                Resume
              </button>
            ) : (
              <button type="button" class="button" onClick={() => void app.ask(() => job.pause())}>
                <Icon name="pause" />
                Pause
              </button>
            )}
            <button type="button" class="button" onClick={() => void app.ask(() => job.cancel())}>
              <Icon name="stop" />
              Cancel render
            </button>
          </>
        )}
        {(state === 'cancelled' || state === 'failed') && (
          <button type="button" class="button" onClick={() => void app.ask(() => job.requeue())}>
            <Icon name="play" />
            Go on with it
          </button>
        )}
      </div>
      <dl class="figures">
        {goal > 0 && <Figure name="Noise" value={noiseText(progress.noise, goal)} />}
        {goal > 0 && (
          <Figure name="Tiles" value={tilesText(progress.tilesFinished, job.film, job.frames.length)} />
        )}
        <Figure name="Samples" value={samplesText(job.frames[app.player.frame.value] ?? job.film)} />
        {isTimed && <Figure name="Speed" value={formatSampleRate(speed)} />}
        {isTimed && <Figure name="Elapsed" value={formatDuration(progress.elapsedSeconds)} />}
        {isAtWork(state) && (
          <Figure
            name="Left"
            value={progress.etaSeconds === undefined ? '–' : formatDuration(progress.etaSeconds)}
          />
        )}
        {(state === 'cancelled' || state === 'failed') && (
          <Figure name="Ended" value={endingOf(state, reason)} />
        )}
        {state === 'waiting' && reason !== undefined && <Figure name="Waits" value={sentence(reason)} />}
        {job.hash !== undefined && <PictureHash hash={job.hash} />}
      </dl>
      <Transfers helpers={progress.helpers} liars={liars} isRunning={view.isRunning.value} />
      <Shares shares={progress.shares} />
      <JobDetails view={view} />
      <JobLog key={job.id} />
    </div>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
