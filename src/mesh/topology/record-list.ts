/** Bodies of `network_state`, `new_edge` and `destroy_edge`: records one after the other, each with its length (u16) before it. */
import { FRAME_RULES, MAX_BODY_BYTES, read16, write16 } from '../../wire/index.ts';
import { MAX_RECORD_BYTES, MIN_RECORD_BYTES, type NodeRecord } from './record.ts';

export const ANNOUNCEMENT_BYTES = FRAME_RULES.new_edge.maxBodyBytes;
export const STATE_BYTES = MAX_BODY_BYTES;

/** In as many bodies of at most `maxBytes` as they need. */
export function encodeRecords(records: readonly NodeRecord[], maxBytes: number): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  let first = 0;
  let length = 0;
  for (let i = 0; i <= records.length; i++) {
    const next = records[i];
    const bytes = next ? 2 + next.bytes.length : 0;
    if (next && length + bytes <= maxBytes) {
      length += bytes;
      continue;
    }
    if (i > first) bodies.push(encodeBody(records, first, i, length));
    first = i;
    length = bytes;
  }
  return bodies;
}

/** Views of the records in a body, in order; undefined when the lengths do not fit together. Never throws. */
export function splitRecords(body: Uint8Array): Uint8Array[] | undefined {
  const records: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    const length = read16(body, at);
    const end = at + 2 + length;
    if (length < MIN_RECORD_BYTES || length > MAX_RECORD_BYTES || end > body.length) return undefined;
    records.push(body.subarray(at + 2, end));
    at = end;
  }
  return records.length > 0 ? records : undefined;
}

function encodeBody(records: readonly NodeRecord[], from: number, to: number, length: number): Uint8Array {
  const body = new Uint8Array(length);
  let at = 0;
  for (const { bytes } of records.slice(from, to)) {
    write16(body, at, bytes.length);
    body.set(bytes, at + 2);
    at += 2 + bytes.length;
  }
  return body;
}
