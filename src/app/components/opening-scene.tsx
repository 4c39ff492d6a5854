/** Over the stage while a scene is being read; in its corner while it is posed anew, or a panorama is read. */
import type { ReadProgress } from '../../render/scene/index.ts';
import { useApp } from './app-context.ts';

const STEPS: Record<ReadProgress['step'], string> = {
  files: 'Reading files',
  geometry: 'Placing meshes',
  images: 'Decoding images',
};

export function OpeningScene() {
  const { scene, ownEnvironment } = useApp();
  const opening = scene.opening.value;
  const environment = ownEnvironment.reading.value;
  if (opening) {
    const { kind, title, progress } = opening;
    const step =
      progress &&
      `${STEPS[progress.step]}${progress.total > 1 ? `: ${progress.done} of ${progress.total}` : ''}`;
    const isPose = kind === 'pose';
    return (
      <Reading
        what={isPose ? 'Posing the scene' : `Opening ${title}`}
        step={step}
        isAside={isPose}
        onCancel={scene.cancelOpening}
      />
    );
  }
  if (environment === undefined) return null;
  return <Reading what={`Reading ${environment}`} isAside onCancel={ownEnvironment.cancel} />;
}

interface ReadingProps {
  readonly what: string;
  readonly step?: string | undefined;
  /** The scene stays in sight. */
  readonly isAside: boolean;
  readonly onCancel: () => void;
}

function Reading({ what, step, isAside, onCancel }: ReadingProps) {
  return (
    <div class="stage-opening" data-aside={isAside}>
      <span class="spinner" aria-hidden="true" />
      <p class="stage-opening-what">{what} …</p>
      {(!isAside || step !== undefined) && <p class="muted">{step}</p>}
      <button type="button" class="button" aria-label={`Cancel: ${what}`} onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
