/** Over the stage while a scene is being read. */
import type { ReadProgress } from '../../render/scene/index.ts';
import { useApp } from './app-context.ts';

const STEPS: Record<ReadProgress['step'], string> = {
  files: 'Reading files',
  geometry: 'Placing meshes',
  images: 'Decoding images',
};

export function OpeningScene() {
  const opening = useApp().scene.opening.value;
  if (!opening) return null;
  const { title, progress } = opening;
  return (
    <div class="stage-opening">
      <span class="spinner" aria-hidden="true" />
      <p>Opening {title} …</p>
      <p class="muted">
        {progress &&
          `${STEPS[progress.step]}${progress.total > 1 ? `: ${progress.done} of ${progress.total}` : ''}`}
      </p>
    </div>
  );
}
