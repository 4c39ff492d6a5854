/** What this stage shows as others can go to it, and going where a link leads. */
import type { App } from '../state/app.ts';
import { type StageLink, sharedCamera } from './stage-link.ts';

/** Undefined while there is nothing on the stage. */
export function stageNow({ stage, scene, shownJob }: App): StageLink | undefined {
  if (stage.value === 'picture') {
    const job = shownJob.value?.job;
    return job && { kind: 'render', job: job.id, title: job.title };
  }
  const open = scene.open.value;
  const camera = scene.ownView.value ?? open?.scene.cameras[scene.cameraIndex.value];
  return open && camera && { kind: 'moment', scene: open.title, camera: sharedCamera(camera) };
}

/** Resolves with a sentence where it cannot. */
export async function travel(app: App, link: StageLink): Promise<string | undefined> {
  app.view.value = 'render';
  if (link.kind === 'render') {
    const view = app.jobs.list.value.find(({ job }) => job.id === link.job);
    if (!view) return `The render ${link.title} is not on this device any more.`;
    app.showJob(view);
    return undefined;
  }
  if (app.scene.open.value?.title !== link.scene) {
    const sample = app.library.samples.find(({ label }) => label === link.scene);
    if (!sample) return `${link.scene} is not open here: open its file first.`;
    if (!(await app.openSample(sample.name))) return `${link.scene} could not be opened.`;
  }
  app.show('scene');
  if (JSON.stringify(stageNow(app)) !== JSON.stringify(link)) app.scene.visit(link.camera);
  return undefined;
}

/** What a link is called. */
export function titleOf(link: StageLink): string {
  return link.kind === 'render' ? link.title : link.scene;
}
