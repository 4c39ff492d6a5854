/**
 * What can be wrong with a scene file, told so that a person can mend it: `part` says where ("accessors[3]", "image
 * \"wood\""), the message says why, the code lets a program tell the kinds apart.
 */
import { LeafcutterError } from '../../runtime/index.ts';
import { oneLine } from './one-line.ts';

/** Characters of a part and of a reason: what a person reads of a message. */
const MAX_PART = 240;
const MAX_REASON = 600;

/** What is wrong with a file that is no scene. */
export type SceneErrorCode =
  /** Nothing that could be a scene was given. */
  | 'no-scene-file'
  /** The `.zip` cannot be unpacked. */
  | 'archive-damaged'
  /** The GLB's header or a chunk is cut short or wrong. */
  | 'glb-damaged'
  /** The JSON does not parse or breaks glTF's rules. */
  | 'json-damaged'
  | 'version-unsupported'
  | 'extension-unsupported'
  /** A buffer or image that the scene names was not given with it. */
  | 'missing-file'
  /** Something points outside of what it points into: bufferView, accessor, index. */
  | 'out-of-range'
  /** Numbers that cannot be drawn, or attributes that do not fit together. */
  | 'bad-geometry'
  /** A Draco or meshopt stream that does not decode. */
  | 'compression-damaged'
  | 'no-triangles'
  /** More than this renderer takes on. */
  | 'too-large'
  | 'image-damaged'
  | 'image-unsupported'
  /** The bytes of an encoded FlatScene or EnvironmentMap break their own rules. */
  | 'blob-damaged'
  /** A built-in sample or environment of that name does not exist. */
  | 'unknown-builtin'
  /** The scene has no animation of that name or number, or the time is no number. */
  | 'unknown-animation'
  /** The file has no scene or material variant of that name or number. */
  | 'unknown-choice'
  /** The reader itself failed: its worker or a decoder could not be started. */
  | 'reader-failed';

/** What a person does about a file that is not whole. */
export const AGAIN = 'copy or export it again';

/** A file cannot be read as a scene: which part, and why. */
export class SceneError extends LeafcutterError {
  declare readonly code: SceneErrorCode;
  /** Which part of the file, in the file's own terms. */
  readonly part: string;
  /** Why, without the part. */
  readonly reason: string;

  constructor(code: SceneErrorCode, part: string, reason: string, options?: { cause?: unknown }) {
    const shownPart = oneLine(part, MAX_PART);
    const shownReason = oneLine(reason, MAX_REASON);
    super(code, `${shownPart}: ${shownReason}`, options);
    this.part = shownPart;
    this.reason = shownReason;
  }
}
