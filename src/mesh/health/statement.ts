/**
 * The body of a `suspect` frame: what a Node says of another, or of itself. 24 bytes and 16 for each witness:
 *
 *   0  u8   1: I do not hear it    2: I hear it (of myself: I live)
 *   1  u8   Links it may still cross, 0 or 1        2  u16  for how long I have not heard it, ms
 *   4  16B  of whom                                20  u32  its incarnation
 *  24  16B  each: Nodes that do not hear it either, at most 8
 *
 * Only the frame's source, our neighbour, stands behind it. Whatever it says can hasten or slow a judgement that rests on
 * what we hear ourselves; it never makes one.
 */
import {
  NODE_ID_BYTES,
  type NodeId,
  nodeIdFromBytes,
  read16,
  read32,
  write16,
  write32,
  writeNodeId,
} from '../../wire/index.ts';

const SILENT = 1;
const HEARD = 2;
const SUBJECT_AT = 4;
const INCARNATION_AT = 20;
const WITNESSES_AT = 24;
/** More confirmations than the suspicion wants change nothing. */
export const MAX_STATED_WITNESSES = 8;

export interface Statement {
  readonly kind: 'silent' | 'heard';
  readonly hopsLeft: 0 | 1;
  readonly silenceMs: number;
  readonly subject: NodeId;
  readonly incarnation: number;
  readonly witnesses: readonly NodeId[];
}

export function encodeStatement(statement: Statement): Uint8Array {
  const witnesses = statement.witnesses.slice(0, MAX_STATED_WITNESSES);
  const bytes = new Uint8Array(WITNESSES_AT + witnesses.length * NODE_ID_BYTES);
  bytes[0] = statement.kind === 'silent' ? SILENT : HEARD;
  bytes[1] = statement.hopsLeft;
  write16(bytes, 2, Math.max(0, Math.min(0xffff, Math.round(statement.silenceMs))));
  writeNodeId(statement.subject, bytes, SUBJECT_AT);
  write32(bytes, INCARNATION_AT, statement.incarnation);
  for (const [i, witness] of witnesses.entries())
    writeNodeId(witness, bytes, WITNESSES_AT + i * NODE_ID_BYTES);
  return bytes;
}

/** Undefined for what no honest Node sends. Never throws. */
export function parseStatement(body: Uint8Array): Statement | undefined {
  const count = (body.length - WITNESSES_AT) / NODE_ID_BYTES;
  if (!Number.isInteger(count) || count < 0 || count > MAX_STATED_WITNESSES) return undefined;
  const [kind, hopsLeft] = body;
  if ((kind !== SILENT && kind !== HEARD) || (hopsLeft !== 0 && hopsLeft !== 1)) return undefined;
  return {
    kind: kind === SILENT ? 'silent' : 'heard',
    hopsLeft,
    silenceMs: read16(body, 2),
    subject: nodeIdFromBytes(body, SUBJECT_AT),
    incarnation: read32(body, INCARNATION_AT),
    witnesses: Array.from({ length: count }, (_, i) =>
      nodeIdFromBytes(body, WITNESSES_AT + i * NODE_ID_BYTES),
    ),
  };
}
