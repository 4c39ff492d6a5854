/**
 * `window.leafcutter`: what a developer at the console, or a test, can hold on to. Documented in docs/page.md. The invite's
 * key is not in it: what a console shows ends up in screenshots.
 */
import type { MeshNode } from '../mesh/index.ts';
import type { RenderFarm, RenderJob } from '../render/job/index.ts';
import type { RenderSettings } from '../render/settings.ts';
import type { PubSub } from '../services/pubsub/index.ts';
import type { App } from './state/app.ts';

export interface ConsoleHandle {
  readonly node: MeshNode;
  readonly farm: RenderFarm;
  /** Publish and subscribe: loaded when it is first asked for, or another Node is there. */
  readonly pubsub: Promise<PubSub>;
  /** The Jobs this Node knows of, newest first. */
  readonly jobs: readonly RenderJob[];
  readonly networkName: string;
  /** The hash of the picture on the stage once it is done. */
  readonly filmHash: string | undefined;
  /** Resolves with true when the scene is on the stage, with false when it was refused (the page shows why). */
  openSample(name: string): Promise<boolean>;
  /** A path of a file may hold folders, as a .gltf refers to it: `new File([bytes], 'textures/wood.png')`. */
  openFiles(files: Iterable<File>): Promise<boolean>;
  /** Renders the open scene with the panel's settings, single ones replaced. Resolves when the Job has started. */
  render(settings?: Partial<RenderSettings>): Promise<RenderJob>;
}

declare global {
  interface Window {
    leafcutter?: ConsoleHandle;
  }
}

export function installConsoleHandle(app: App): void {
  const { node, farm, pubsub, networkName } = app.session;
  window.leafcutter = {
    node,
    farm,
    get pubsub() {
      return pubsub.get();
    },
    networkName,
    get jobs() {
      return farm.jobs;
    },
    get filmHash() {
      return app.shownJob.value?.job.hash;
    },
    openSample: (name) => app.openSample(name),
    openFiles: (files) =>
      app.openFiles([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }))),
    render: async (settings) => (await app.render(settings)).job,
  };
}
