/**
 * msgpack of plain values: bodies of control frames, and what services, farm and render say in messages. Small, rare and
 * read by people in a debugger, so they pay for names; payload bodies never come through here. Everything that comes from
 * the network as msgpack comes through `decodeControl`, which never throws: what it returns is still `unknown`, and the
 * readers of `fields.ts` say what is acceptable.
 */
import { LeafcutterError } from '../runtime/index.ts';
import { type ControlLimits, type DecodedControl, readControl } from './control-reader.ts';
import { writeControl } from './control-writer.ts';
import { MAX_BODY_BYTES } from './frame-type.ts';

/** What a control body may hold. No `undefined`, dates, maps or classes: leave a field out instead. */
export type ControlValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly ControlValue[]
  | { readonly [key: string]: ControlValue };

/**
 * Of a control frame. Depth: more than any body of ours (a list of records with lists). Elements: a table of a thousand
 * Nodes has a dozen each; as empty maps, the dearest there are, so many take 1 MB.
 */
export const CONTROL_LIMITS: ControlLimits = {
  maxBytes: MAX_BODY_BYTES,
  maxDepth: 8,
  maxElements: 16_384,
};

/**
 * @throws LeafcutterError `bad-control-body` when the value is over the limits or holds what msgpack has no plain form for: a
 * mistake of ours.
 */
export function encodeControl(value: ControlValue, limits = CONTROL_LIMITS): Uint8Array {
  const bytes = writeControl(value, limits);
  if (typeof bytes === 'string')
    throw new LeafcutterError('bad-control-body', `cannot encode this control body: ${bytes}`);
  return bytes;
}

/** Decodes an untrusted body. Never throws; what it allocates is bounded by the limits. */
export function decodeControl(body: Uint8Array, limits = CONTROL_LIMITS): DecodedControl {
  return readControl(body, limits);
}
