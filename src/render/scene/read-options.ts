/** What reading a scene takes and gives. */
import type { FetchBeside, SourceFile } from './files/bundle.ts';
import type { FlatScene } from './format.ts';

/** How far the reading of a file has come. */
export interface ReadProgress {
  /** Unpacking and parsing, then placing meshes, then decoding images. */
  readonly step: 'files' | 'geometry' | 'images';
  readonly done: number;
  readonly total: number;
}

/** Which of the things in a file is to be read. */
export interface ReadSceneOptions {
  /** Which of the files is the scene, where there are several. */
  readonly main?: string;
  /**
   * Which animation poses the scene: its place in the file or its name. Default: the first. Null, and in a file without
   * any: none, so everything rests as its nodes say. Of several with one name the first is meant.
   */
  readonly animation?: number | string | null;
  /** Which of the file's scenes is shown: its place in the file or its name. Default: the one that the file says. */
  readonly scene?: number | string;
  /** Which of the material variants is shown (KHR_materials_variants), by its place or name. Default: none. */
  readonly variant?: number | string;
  /** Factor on the radius of points and lines, which are drawn as little spheres and tubes. Default 1. */
  readonly pointSize?: number;
  /** Fetches what a relative `uri` means that is not among the files given; undefined where there is nothing. */
  readonly beside?: FetchBeside;
  /** Gives the images small copies for a preview, of that many texels together. Default 0: none. */
  readonly previewTexels?: number;
  /** Seconds into the animation, default 0; before its beginning and after its end it stands still. */
  readonly time?: number;
  readonly onProgress?: (progress: ReadProgress) => void;
  readonly signal?: AbortSignal;
}

/** The options that are plain values: what another thread can be told. */
export type SceneChoice = Omit<ReadSceneOptions, 'onProgress' | 'signal' | 'beside'>;

/** What a file can be posed by; the FlatScene is one moment of it. */
export interface SceneAnimation {
  readonly name: string;
  /** Seconds. */
  readonly duration: number;
}

/** Points and lines, and the triangles of the small spheres and tubes that show them. */
export interface MarkCounts {
  readonly points: number;
  readonly lines: number;
  readonly triangles: number;
}

/** What a file says that it has, before anything is put together. */
export interface FileContents {
  readonly nodes: number;
  readonly meshes: number;
  readonly skins: number;
  /** What is drawn of points and lines. */
  readonly marks: MarkCounts;
  /** Those that it names, known here or not. */
  readonly extensions: readonly string[];
}

/** A file that was read: the scene, and what else could be chosen in it. */
export interface SceneFile {
  readonly scene: FlatScene;
  /** In the file's order; `animation` and `time` of the options choose among them. Often empty. */
  readonly animations: readonly SceneAnimation[];
  /** The names of the file's scenes and material variants in its order; `scene` and `variant` choose among them. */
  readonly sceneNames: readonly string[];
  readonly variantNames: readonly string[];
  readonly contents: FileContents;
  /** What a white surface shows under the scene's own lamps, on average; 1 is bright (own-light.ts). */
  readonly ownLight: number;
  /** The name of the file that was given, for people. */
  readonly title: string;
  /**
   * Of the files given, those that another machine needs to read the same bits. Undefined where it might read others all the
   * same: FBX and USD (convert/three-loaders.ts).
   */
  readonly sourceFiles: readonly SourceFile[] | undefined;
}

/** What of the options decides what a scene's files are read to. */
export type SceneReading = Pick<
  ReadSceneOptions,
  'main' | 'animation' | 'scene' | 'variant' | 'pointSize' | 'time'
>;
