/** Beneath the picture: how far it is, how fast it comes, who renders it, and in the end its hash. */

import { noiseText, samplesText, tilesText } from '../state/effort.ts';
import { formatDuration, formatSampleRate, percentOf } from '../state/format.ts';
import type { JobView } from '../state/jobs.ts';
import { endingOf } from '../state/phase.ts';
import { Icon } from './icon.tsx';
import { JobDetails } from './job-details.tsx';
import { PictureHash } from './picture-hash.tsx';
import { Shares } from './shares.tsx';
import { Transfers } from './transfers.tsx';

export function FilmStatus({ view }: { readonly view: JobView }) {
  const { job } = view;
  const state = view.state.value;
  const progress = view.progress.value;
  const percent = state === 'done' ? 100 : percentOf(progress.samplesDone, progress.samplesTotal);
  // While it runs the speed of now, in the end that of the whole.
  const speed = view.isRunning.value
    ? progress.samplesPerSecond
    : progress.samplesDone / Math.max(progress.elapsedSeconds, 0.001);
  const { noise: goal } = job.spec.settings;
  return (
    <div class="film-status">
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
          <button type="button" class="button" onClick={() => job.cancel()}>
            <Icon name="stop" />
            Cancel render
          </button>
        )}
      </div>
      <dl class="figures">
        {goal > 0 && <Figure name="Noise" value={noiseText(progress.noise, goal)} />}
        {goal > 0 && <Figure name="Tiles" value={tilesText(progress.tilesFinished, job.film)} />}
        <Figure name="Samples" value={samplesText(job.film)} />
        <Figure name="Speed" value={formatSampleRate(speed)} />
        <Figure name="Elapsed" value={formatDuration(progress.elapsedSeconds)} />
        {view.isRunning.value && (
          <Figure
            name="Left"
            value={progress.etaSeconds === undefined ? '–' : formatDuration(progress.etaSeconds)}
          />
        )}
        {(state === 'cancelled' || state === 'failed') && (
          <Figure name="Ended" value={endingOf(state, job.reason)} />
        )}
        {job.hash !== undefined && <PictureHash hash={job.hash} />}
      </dl>
      <Transfers transfers={progress.transfers} />
      <Shares shares={progress.shares} />
      <JobDetails settings={job.spec.settings} />
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
