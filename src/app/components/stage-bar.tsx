/** Above the stage: what is shown, the choice between scene and picture, and opening another scene. */
import { isActualSize } from '../state/zoom.ts';
import { useApp } from './app-context.ts';
import { DownloadMenu } from './download-menu.tsx';
import { Icon } from './icon.tsx';
import { OpenButtons } from './open-buttons.tsx';
import { DenoiseSwitch } from './picture-tools.tsx';
import { TileMapSelect } from './tile-map.tsx';

export function StageBar() {
  const app = useApp();
  const view = app.stage.value;
  const job = app.shownJob.value;
  const open = app.scene.open.value;
  const title = view === 'picture' ? job?.job.title : view === 'scene' ? open?.title : 'New scene';
  return (
    <div class="stage-bar">
      <h2 class="ellipsis" title={title}>
        {title}
      </h2>
      {/* biome-ignore lint/a11y/useSemanticElements: toggles, not a fieldset of a form */}
      <div class="segmented" role="group" aria-label="Show on the stage">
        <button
          type="button"
          aria-pressed={view === 'empty'}
          title="Open another scene, or a sample"
          onClick={() => app.show('empty')}
        >
          New
        </button>
        {open && (
          <button type="button" aria-pressed={view === 'scene'} onClick={() => app.show('scene')}>
            Scene
          </button>
        )}
        {job && (
          <button type="button" aria-pressed={view === 'picture'} onClick={() => app.show('picture')}>
            Picture
          </button>
        )}
      </div>
      <div class="stage-tools">
        {view === 'scene' && app.scene.ownView.value !== undefined && (
          <button
            type="button"
            class="button"
            onClick={() => app.scene.chooseCamera(app.scene.cameraIndex.value)}
          >
            <Icon name="camera" />
            Back to scene camera
          </button>
        )}
        {view === 'picture' && job && <TileMapSelect view={job} />}
        {view === 'picture' && <DenoiseSwitch />}
        {view === 'picture' && (
          <button
            type="button"
            class="button"
            aria-pressed={isActualSize.value}
            title="One pixel of the picture is one pixel of the screen"
            onClick={() => {
              isActualSize.value = !isActualSize.value;
            }}
          >
            1:1
          </button>
        )}
        {view === 'picture' && job && <DownloadMenu view={job} />}
        {view === 'scene' && <OpenButtons opens={app} />}
      </div>
    </div>
  );
}
