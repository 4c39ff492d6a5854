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
  readonly onProgress?: (progress: ReadProgress) => void;
  readonly signal?: AbortSignal;
}

export interface SceneFile {
  readonly scene: FlatScene;
  /** The name of the file that was given, for people. */
  readonly title: string;
}
