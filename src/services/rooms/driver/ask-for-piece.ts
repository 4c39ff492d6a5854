/** Asks one Node for what comes after what is known here, or for a piece of a snapshot. */
import type { MeshStream } from '../../../mesh/index.ts';
import { log, messageOf, toHex } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import { decodePlain } from '../canonical.ts';
import { bytesIn, type HeldEpoch } from '../epochs.ts';
import type { PieceQuestion } from '../fetching.ts';
import {
  type CatchUpAnswer,
  decodeAnswer,
  type Envelope,
  encodeKnown,
  encodePieceName,
  type Known,
} from '../messages.ts';
import type { RoomEvent } from '../room-events.ts';
import type { GivenPiece } from '../snapshot.ts';

/** Nothing comes for so long: somebody else is asked. While something does, three pieces of 256 KiB are longest at 50 kbit/s. */
const PATIENCE = { timeoutMs: 15_000, longestMs: 120_000 };

/** SHA-256, by somebody who takes a moment: a browser's own is ten times as fast as ours, which must not wait. */
export type Digest = (bytes: Uint8Array) => Promise<Uint8Array>;

/** What came of it. Never rejects. */
export async function askForPiece(
  bulk: Pick<MeshStream, 'request'>,
  envelope: Envelope,
  to: NodeId,
  known: Known,
): Promise<RoomEvent> {
  let answer: CatchUpAnswer | undefined;
  const question = envelope.close('ask', encodeKnown(known));
  try {
    const message = await bulk.request(to, 'ask', question, PATIENCE);
    const body = envelope.open('answer', to, message);
    answer = body && decodeAnswer(body);
  } catch (error) {
    log('debug', `a piece of a room did not come: ${messageOf(error)}`);
  }
  return { type: 'answered', from: to, answer };
}

/** The same: a piece that is empty is not there. */
export async function askForSnapshotPiece(
  bulk: Pick<MeshStream, 'request'>,
  envelope: Envelope,
  digest: Digest,
  asked: PieceQuestion,
): Promise<RoomEvent> {
  const { to } = asked;
  let piece: GivenPiece | undefined;
  const question = envelope.close('piece', encodePieceName(asked));
  try {
    const message = await bulk.request(to, 'piece', question, PATIENCE);
    const bytes = envelope.open('pieceOf', to, message);
    piece = bytes && { bytes, hash: toHex(await digest(bytes)) };
  } catch (error) {
    log('debug', `a piece of a snapshot did not come: ${messageOf(error)}`);
  }
  return { type: 'piece', question: asked, piece };
}

/** Asks for the rotations after some keys, with these. */
export async function askForTurns(
  bulk: Pick<MeshStream, 'request'>,
  envelope: Envelope,
  to: NodeId,
  keys: HeldEpoch,
): Promise<RoomEvent> {
  let rotations: readonly Uint8Array[] = [];
  const question = envelope.close('turns', new Uint8Array(), keys);
  try {
    const message = await bulk.request(to, 'turns', question, PATIENCE);
    const body = envelope.open('turns', to, message);
    rotations = (body && bytesIn(decodePlain(body))) ?? [];
  } catch (error) {
    log('debug', `the new keys of a room did not come: ${messageOf(error)}`);
  }
  return { type: 'turns', from: to, rotations };
}
