/** The stage once there is something on it: the scene to look around in, or the picture as it comes. */
import { useApp } from './app-context.ts';
import { Departure } from './departure.tsx';
import { EmptyStage } from './empty-stage.tsx';
import { Film } from './film.tsx';
import { FilmStatus } from './film-status.tsx';
import { Notices } from './notices.tsx';
import { OpeningScene } from './opening-scene.tsx';
import { PictureWork } from './picture-tools.tsx';
import { ScenePreview } from './scene-preview.tsx';
import { StageBar } from './stage-bar.tsx';

export function StageWork() {
  const app = useApp();
  const view = app.stage.value;
  const job = app.shownJob.value;
  const open = app.scene.open.value;
  const shape = view === 'picture' ? job?.job.film : app.settings.shape.value;
  return (
    <>
      <StageBar />
      <Departure />
      <Notices />
      <div
        class="stage-area"
        style={shape && { '--width': String(shape.width), '--height': String(shape.height) }}
      >
        {view === 'empty' && <EmptyStage opens={app} />}
        {view === 'scene' && open && <ScenePreview key={open.id} />}
        {view === 'picture' && job && <Film key={job.job.id} view={job} />}
        {view === 'picture' && <PictureWork />}
        <OpeningScene />
      </div>
      {view === 'picture' && job && <FilmStatus key={job.job.id} view={job} />}
    </>
  );
}
