/** Reads what other Nodes say to a room and what they ask it for. A question that cannot be read is answered with nothing. */
import type { NodeId } from '../../../wire/index.ts';
import type { Giving } from '../giving.ts';
import {
  decodeHeads,
  decodeKnown,
  decodePieceName,
  decodeRole,
  type Envelope,
  encodeAnswer,
} from '../messages.ts';
import type { RoomEvent } from '../room-events.ts';

/** Undefined: it is malformed. */
export function eventOf(
  envelope: Envelope,
  from: NodeId,
  name: 'heads' | 'updates' | 'role',
  message: Uint8Array,
): RoomEvent | undefined {
  if (name === 'updates') {
    const updates = envelope.openUpdates(message);
    return updates && { type: 'updates', from, updates };
  }
  const body = envelope.open(name, message);
  if (!body) return undefined;
  if (name === 'heads') {
    const heads = decodeHeads(body);
    return heads && { type: 'heads', from, heads };
  }
  const request = decodeRole(body);
  return request && { type: 'role', from, request };
}

/** What follows on what somebody knows. */
export function answerTo(envelope: Envelope, message: Uint8Array, giving: Giving): Uint8Array {
  const body = envelope.open('ask', message);
  const known = body && decodeKnown(body);
  if (!known) return new Uint8Array();
  return envelope.close('answer', encodeAnswer(giving.answerTo(known)));
}

/** A piece of a snapshot; an empty one where it is not here. */
export function pieceFor(envelope: Envelope, message: Uint8Array, giving: Giving): Uint8Array {
  const body = envelope.open('piece', message);
  const name = body && decodePieceName(body);
  if (!name) return new Uint8Array();
  const piece = giving.snapshotPiece(name.checkpoint, name.index);
  return envelope.close('pieceOf', piece ?? new Uint8Array());
}
