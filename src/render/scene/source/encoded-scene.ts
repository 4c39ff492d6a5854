/**
 * A FlatScene as Nodes compare and load it. What the reader had to say about the file is no part of it: that is for the person who
 * opened it, and depends on what else was dropped with it.
 */
import { sha256, toHex } from '../../../runtime/index.ts';
import type { FlatScene } from '../format.ts';

/** A scene as bytes, and their name. */
export interface EncodedScene {
  /** An encoded FlatScene. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly hash: string;
}

/** What `encodedScene` is made with: it comes with the first scene, for no empty page needs it. */
export const loadEncoder = () => import('../bytes/encode-scene.ts');

/** @throws SceneError as `encodeScene` */
export async function encodedScene(scene: FlatScene): Promise<EncodedScene> {
  const { encodeScene } = await loadEncoder();
  const bytes = encodeScene({ ...scene, warnings: [] });
  return { bytes, hash: toHex(await sha256(bytes)) };
}
