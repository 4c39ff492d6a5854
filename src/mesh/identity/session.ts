/**
 * The session between the present lives of two Nodes: which pair of lives a frame belongs to, and the key under which
 * relayed frames are sealed. Both ends derive it from what hello or record told of each other, without a word: X25519 of
 * the agreement keys of the two lives, bound to both ids and lives. A restart makes another session, so that nothing of
 * an earlier life is taken for the present one.
 */
import type { NodeId } from '../../wire/index.ts';

export interface Sessions {
  /** u32 for the frame header of `msg`: the same at both ends; undefined while the peer's life is not known. Costs a hash once a life. */
  tag(peer: NodeId): number | undefined;
  /** The frame, with flag `sealed` and a MAC at its end: a copy. Undefined while the peer's life is not known. */
  seal(peer: NodeId, frame: Uint8Array): Uint8Array | undefined;
  /** Whether a sealed frame for us comes from its source's present life, unchanged but for the hop limit. Never throws. */
  isGenuine(source: NodeId, frame: Uint8Array): boolean;
}
