/** The primary action, always in reach. Where it cannot act it says why. */
import { rangeText } from '../state/frame-range.ts';
import { isAtWork } from '../state/jobs.ts';
import { renderHint } from '../state/render-hint.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function RenderButton() {
  const app = useApp();
  const hasScene = app.scene.open.value !== undefined;
  const read = app.settings.read.value;
  const range = app.frameRange.read.value;
  const running = app.jobs.list.value.filter((view) => view.isRunning.value);
  // One that is paused, or waits for others, is no reason to do nothing.
  const ownRender = running.find(({ job, state }) => job.isOwn && isAtWork(state.value))?.job.title;
  const isReading = app.scene.opening.value !== undefined || app.ownEnvironment.reading.value !== undefined;
  const hasLeft = app.people.departure.value !== undefined;
  return (
    <div class="panel-action">
      <p id="render-hint" class="muted">
        {renderHint({
          hasLeft,
          hasScene,
          isReading,
          isStarting: app.isSubmitting.value,
          settings: read.ok && range.ok ? read.settings : undefined,
          frames: range.ok && range.frames ? rangeText(range.frames) : undefined,
          ownRender,
          othersRender: running.find((view) => !view.job.isOwn)?.job.title,
          whyIdle: app.lending.whyIdle.value,
          workers: app.lentWorkers.value,
          devices: app.people.members.value.length,
        })}
      </p>
      <button
        type="button"
        class="button primary large"
        aria-describedby="render-hint"
        disabled={
          hasLeft ||
          !hasScene ||
          isReading ||
          !read.ok ||
          !range.ok ||
          app.isSubmitting.value ||
          ownRender !== undefined
        }
        onClick={() => {
          void app.renderOrExplain();
          // On a phone the settings are below it, and the picture is what was asked for.
          document.querySelector('.stage')?.scrollIntoView({ block: 'start' });
        }}
      >
        <Icon name="play" />
        Render
      </button>
    </div>
  );
}
