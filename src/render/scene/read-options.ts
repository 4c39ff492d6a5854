/** What reading a scene takes and gives. */
import type { FlatScene } from './format.ts';

export interface ReadProgress {
  /** Unpacking and parsing, then placing meshes, then decoding images. */
  readonly step: 'files' | 'geometry' | 'images';
  readonly done: number;
  readonly total: number;
}

export interface ReadSceneOptions {
  /** Which of the files is the scene, where there are several. */
  readonly main?: string;
  /**
   * Which animation poses the scene: its place in the file or its name. Default: the first. Null, and in a file without
   * any: none, so everything rests as its nodes say. Of several with one name the first is meant.
   */
  readonly animation?: number | string | null;
  /** Seconds into the animation, default 0; before its beginning and after its end it stands still. */
  readonly time?: number;
  readonly onProgress?: (progress: ReadProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a file can be posed by; the FlatScene is one moment of it. */
export interface SceneAnimation {
  readonly name: string;
  /** Seconds. */
  readonly duration: number;
}

export interface SceneFile {
  readonly scene: FlatScene;
  /** In the file's order; `animation` and `time` of the options choose among them. Often empty. */
  readonly animations: readonly SceneAnimation[];
  /** The name of the file that was given, for people. */
  readonly title: string;
}
