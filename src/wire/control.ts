/**
 * Bodies of control frames: msgpack of plain values. Small, rare and read by people in a debugger, so they pay for
 * names; payload bodies never come through here. `decodeControl` takes bytes from the network and never throws: what it
 * returns is still `unknown`, and the readers of `fields.ts` say what is acceptable.
 */
import { Packr } from 'msgpackr';
import { LeafcutterError } from '../runtime/index.ts';
import { type ControlProblem, controlProblem } from './control-scan.ts';
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

export type DecodedControl =
  | { readonly value: unknown; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: ControlProblem };

// Records are msgpackr's own dialect and make its reader call `new Function`; 64-bit integers stay numbers.
const packr = new Packr({ useRecords: false, int64AsType: 'number', moreTypes: false });

/**
 * @throws LeafcutterError `bad-control-body` when the value is too large for a frame or holds what msgpack has no plain
 * form for: a mistake of ours.
 */
export function encodeControl(value: ControlValue): Uint8Array {
  const bytes = packr.pack(value);
  const problem = bytes.length > MAX_BODY_BYTES ? 'too-long' : controlProblem(bytes);
  if (problem) throw new LeafcutterError('bad-control-body', `cannot encode this control body: ${problem}`);
  return bytes;
}

/** Decodes an untrusted body. Never throws, allocates no more than a small multiple of its length. */
export function decodeControl(body: Uint8Array): DecodedControl {
  if (body.length > MAX_BODY_BYTES) return { problem: 'too-long' };
  const problem = controlProblem(body);
  if (problem) return { problem };
  try {
    return { value: packr.unpack(body) as unknown };
  } catch {
    return { problem: 'undecodable' }; // the scan should leave nothing to throw at; the network must not find out otherwise
  }
}
