/** The stage: an invitation, and once something is opened what it takes to work on it. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from './app-context.ts';
import { Departure } from './departure.tsx';
import { EmptyStage } from './empty-stage.tsx';
import { LazyPart } from './lazy-part.tsx';
import { Notices } from './notices.tsx';
import { OpeningScene } from './opening-scene.tsx';

const load = async () => (await import('./stage-work.tsx')).StageWork;

/** What is opened cannot be shown: the empty stage says so, and offers to open it again. */
const hasFailed = signal(false);
const failed = (): void => {
  hasFailed.value = true;
};

export function Stage() {
  const app = useApp();
  const view = hasFailed.value ? 'empty' : app.stage.value;
  // With something to go back to there is a bar above it.
  const isBare = view === 'empty' && (hasFailed.value || !(app.scene.open.value || app.shownJob.value));
  const isOpening = app.scene.opening.value !== undefined;
  useEffect(() => {
    // It comes while the scene is read. Why it does not is said where it is to be shown.
    if (!isOpening) return;
    load().then(
      () => {
        hasFailed.value = false;
      },
      () => {},
    );
  }, [isOpening]);
  return (
    <section class="stage" aria-label="Stage" data-view={view}>
      {isBare ? (
        <>
          <Departure />
          <Notices />
          <div class="stage-area">
            <EmptyStage opens={app} />
            <OpeningScene />
          </div>
        </>
      ) : (
        <LazyPart name="the stage" load={load} onFailed={failed} />
      )}
    </section>
  );
}
