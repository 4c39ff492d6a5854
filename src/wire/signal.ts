/**
 * What two transports say to each other before there is a connection between them (WebRTC's offer, answer and candidates),
 * and how the body of a `signal` frame holds it. Whoever carries it, mesh or server, reads none of it.
 */
import { decodeControl, encodeControl } from './control.ts';
import { asFields, readText } from './fields.ts';

export type SignalKind =
  /** Begins a connection. */
  | 'offer'
  /** Begins a connection that there is on other addresses: its path failed (RFC 8445, 2.4: ICE restart). */
  | 'restart'
  | 'answer'
  /** One address at which the sender may be reached. */
  | 'candidate'
  /** What an offer got that is not taken: the caller need not wait. */
  | 'hang-up';

export interface Signal {
  readonly kind: SignalKind;
  /** Names the connection; its caller chose it. At most MAX_CONNECTION_NAME characters. */
  readonly connection: string;
  /** A session description (SDP), or a candidate line; empty in a `hang-up`. At most MAX_SIGNAL_TEXT characters. */
  readonly text: string;
}

export const MAX_CONNECTION_NAME = 64;
/** An offer with all candidates has 2 to 10 KiB; all of it ASCII, so that body and seal fit into the frame's 16 KiB. */
export const MAX_SIGNAL_TEXT = 12_000;

const MAX_KIND_NAME = 16;
const KINDS: readonly SignalKind[] = ['offer', 'restart', 'answer', 'candidate', 'hang-up'];

/** @throws LeafcutterError `bad-control-body` when it is larger than a control body may be. */
export function encodeSignal({ kind, connection, text }: Signal): Uint8Array {
  return encodeControl({ kind, connection, text });
}

/** Undefined for what no honest transport sends. Never throws. */
export function parseSignal(body: Uint8Array): Signal | undefined {
  const fields = asFields(decodeControl(body).value);
  if (!fields) return undefined;
  const named = readText(fields, 'kind', MAX_KIND_NAME);
  const kind = KINDS.find((each) => each === named);
  const connection = readText(fields, 'connection', MAX_CONNECTION_NAME);
  const text = readText(fields, 'text', MAX_SIGNAL_TEXT);
  if (kind === undefined || !connection || text === undefined) return undefined;
  if ((text === '') !== (kind === 'hang-up')) return undefined;
  return { kind, connection, text };
}
