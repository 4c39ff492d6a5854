/** Reads what other Nodes say to a room and what they ask it for. A question that cannot be read is answered with nothing. */
import type { NodeId } from '../../../wire/index.ts';
import { encodePlain } from '../canonical.ts';
import { encodeIntroduced, type Keyring } from '../epochs.ts';
import type { Genesis } from '../genesis.ts';
import type { Giving } from '../giving.ts';
import { decodeIntroductions } from '../introductions.ts';
import {
  decodeHeads,
  decodeKnown,
  decodePieceName,
  decodeRole,
  type Envelope,
  encodeAnswer,
} from '../messages.ts';
import type { RoomEvent } from '../room-events.ts';
import type { RoomState } from '../room-state.ts';
import type { Digest } from './ask-for-piece.ts';

/** Undefined: it is malformed. */
export function eventOf(
  envelope: Envelope,
  from: NodeId,
  name: 'heads' | 'thanks' | 'updates' | 'role' | 'members',
  message: Uint8Array,
): RoomEvent | undefined {
  if (name === 'updates') {
    const updates = envelope.openUpdates(message);
    return updates && { type: 'updates', from, updates };
  }
  const body = envelope.open(name, from, message);
  if (!body) return undefined;
  if (name === 'members') {
    const introductions = decodeIntroductions(body);
    return introductions && { type: 'members', from, introductions };
  }
  if (name === 'heads' || name === 'thanks') {
    const heads = decodeHeads(body);
    return heads && { type: name, from, heads };
  }
  const request = decodeRole(body);
  return request && { type: 'role', from, request };
}

/** What follows on what somebody knows. */
export function answerTo(envelope: Envelope, from: NodeId, message: Uint8Array, giving: Giving): Uint8Array {
  const body = envelope.open('ask', from, message);
  const known = body && decodeKnown(body);
  if (!known) return new Uint8Array();
  return envelope.close('answer', encodeAnswer(giving.answerTo(known)));
}

/** A piece of a snapshot; an empty one where it is not here. */
export async function pieceFor(
  envelope: Envelope,
  from: NodeId,
  message: Uint8Array,
  { giving, digest }: { readonly giving: Giving; readonly digest: Digest },
): Promise<Uint8Array> {
  const body = envelope.open('piece', from, message);
  const name = body && decodePieceName(body);
  if (!name) return new Uint8Array();
  const piece = giving.snapshotPiece(name.checkpoint, name.index) ?? new Uint8Array();
  return envelope.closePiece(piece, await digest(piece));
}

/** The rotations after the keys that it was asked with. */
export function turnsFor(
  envelope: Envelope,
  from: NodeId,
  message: Uint8Array,
  state: Pick<RoomState, 'rotationsToldAfter'>,
): Uint8Array {
  const epoch = envelope.epochOf(from, message);
  if (!epoch) return new Uint8Array();
  return envelope.close('turns', encodePlain(state.rotationsToldAfter(epoch.id)), epoch);
}

/** The beginning, how the keys come to be those that it was asked with, and the rotations after these. */
export function introducedFor(
  envelope: Envelope,
  from: NodeId,
  message: Uint8Array,
  { genesis, keyring, state }: IntroducedParts,
): Uint8Array {
  const epoch = envelope.epochOf(from, message);
  if (!epoch) return new Uint8Array();
  const rotations = state.rotationsToldAfter(epoch.id);
  const body = encodeIntroduced({ genesis: genesis.bytes, line: keyring.lineOf(epoch.id), rotations });
  return envelope.close('genesis', body, epoch);
}

export interface IntroducedParts {
  readonly genesis: Genesis;
  readonly keyring: Keyring;
  readonly state: Pick<RoomState, 'rotationsToldAfter'>;
}
