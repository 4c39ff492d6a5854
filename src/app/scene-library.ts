/** Where scenes and environments come from, as the page's state sees it. The real one is built in session.ts. */
import type { EnvironmentMap } from '../render/scene/format.ts';
import type { OpenScene } from './state/scene.ts';

/** A file as dropped or picked; `path` is relative to what was dropped, with slashes. */
export interface PickedFile {
  readonly path: string;
  readonly file: File;
}

export interface SampleInfo {
  /** For the console handle and the address of its picture. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

export interface EnvironmentInfo {
  readonly name: string;
  readonly title: string;
}

export interface SceneLibrary {
  readonly samples: readonly SampleInfo[];
  readonly environments: readonly EnvironmentInfo[];
  /** What a scene without lights of its own is lit by until the person chooses. */
  readonly defaultEnvironment: string | undefined;
  openSample(name: string): Promise<OpenScene>;
  /** @throws LeafcutterError that says which part of which file is wrong. */
  openFiles(files: readonly PickedFile[]): Promise<OpenScene>;
  environment(name: string): Promise<EnvironmentMap>;
}
