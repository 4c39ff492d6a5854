/** The primary action, always in reach. Where it cannot act it says why. */
import { countOf, formatCount } from '../state/format.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function RenderButton() {
  const app = useApp();
  const open = app.scene.open.value;
  const read = app.settings.read.value;
  const running = app.jobs.list.value.find((view) => view.job.isOwn && view.isRunning.value);
  const workers = app.people.members.value.reduce((sum, member) => sum + member.info.workers, 0);
  const hint = !open
    ? 'Open a scene first'
    : !read.ok
      ? 'A setting needs your attention'
      : workers === 0
        ? 'Nobody lends a worker: set Workers above 0 on some device'
        : running
          ? `Rendering ${running.job.title}`
          : `${formatCount(read.settings.width)} × ${formatCount(read.settings.height)}, ${countOf(read.settings.samples, 'sample')}, ${countOf(workers, 'worker')} on ${countOf(app.people.members.value.length, 'device')}`;
  return (
    <div class="panel-action">
      <p id="render-hint" class="muted">
        {hint}
      </p>
      <button
        type="button"
        class="button primary large"
        aria-describedby="render-hint"
        disabled={!open || !read.ok || app.isSubmitting.value || running !== undefined}
        onClick={() => void app.renderOrExplain()}
      >
        <Icon name="play" />
        Render
      </button>
    </div>
  );
}
