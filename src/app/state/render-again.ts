/** From a render that is in the list to the next one like it. */
import { fNumberOf } from '../../render/lens.ts';
import type { BlobService } from '../../services/blobs/index.ts';
import type { JobView } from './jobs.ts';
import type { OwnEnvironment } from './own-environment.ts';
import type { OpenScene, ReadContext, SceneState } from './scene.ts';
import type { Settings } from './settings.ts';
import { formOf } from './settings-form.ts';

/** What of the page it concerns. */
interface Page {
  readonly session: { readonly blobs: Pick<BlobService, 'get' | 'release'> };
  readonly scene: SceneState;
  readonly settings: Settings;
  readonly ownEnvironment: OwnEnvironment;
  load(title: string, read: (context: ReadContext) => Promise<OpenScene>): Promise<boolean>;
}

/** What a render was asked for, to ask for the like. */
export function useSettingsOf({ settings }: Pick<Page, 'settings'>, { job }: JobView): void {
  settings.change(formOf(job.spec.settings));
  if (job.spec.settings.environment.kind !== 'file')
    settings.chooseEnvironment(job.spec.settings.environment);
}

/** Opens a render's scene as it was rendered, with its settings: one changes something, and renders again. */
export async function changeRender(page: Page, view: JobView): Promise<boolean> {
  const { scene, settings, ownEnvironment } = page;
  const { blobs } = page.session;
  const { job } = view;
  const { camera, lens, environment } = job.spec.settings;
  let map: Uint8Array | undefined;
  const isOpen = await page.load(job.title, async (context) => {
    const { openRendered, renderedEnvironment } = await import('../rendered-scene.ts');
    map = await renderedEnvironment(blobs, job, context.signal);
    return openRendered(blobs, job, context);
  });
  const flat = scene.open.value?.scene;
  if (!isOpen || !flat) return false;
  useSettingsOf(page, view);
  if (map && environment.kind === 'file') ownEnvironment.take(environment.name, map);
  if (typeof camera === 'number') scene.chooseCamera(camera);
  else scene.lookFrom(camera);
  const eye = typeof camera === 'number' ? flat.cameras[camera] : camera;
  const fNumber = eye && fNumberOf(eye, lens);
  settings.change(
    fNumber === undefined
      ? { hasLens: false }
      : { hasLens: true, fNumber: String(fNumber), focus: String(lens.focusDistance) },
  );
  return true;
}
