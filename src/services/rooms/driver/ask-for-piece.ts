/** Asks one Node for what comes after what is known here. */
import type { MeshStream } from '../../../mesh/index.ts';
import { log, messageOf } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { UpdateHash } from '../contract.ts';
import { type CatchUpAnswer, decodeAnswer, type Envelope, encodeKnown } from '../messages.ts';

/** For a piece of 256 KiB over a slow path. Then somebody else is asked. */
const ASK_TIMEOUT_MS = 15_000;

/** Undefined: nothing came that could be read. Never rejects. */
export async function askForPiece(
  bulk: Pick<MeshStream, 'request'>,
  envelope: Envelope,
  to: NodeId,
  known: readonly UpdateHash[],
): Promise<CatchUpAnswer | undefined> {
  const question = envelope.close('ask', encodeKnown(known));
  try {
    const message = await bulk.request(to, 'ask', question, { timeoutMs: ASK_TIMEOUT_MS });
    const body = envelope.isFrom(to, message) ? envelope.open('answer', message) : undefined;
    return body && decodeAnswer(body);
  } catch (error) {
    log('debug', `a piece of a room did not come: ${messageOf(error)}`);
    return undefined;
  }
}
