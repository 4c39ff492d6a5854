/** What may travel between page, mesh and sandbox, at a cost that the limits bound: a value may be far larger than it looks. */
import { type ControlLimits, type ControlValue, encodeControl } from '../wire/index.ts';

export const PLAIN =
  'it must be null, a boolean, number, text or Uint8Array, or lists and objects of these (Array.from makes a list of another typed array)';

/** undefined when the value has no plain form within the limits. */
export function encodePlain(value: unknown, limits: ControlLimits): Uint8Array | undefined {
  try {
    // What else it may be the encoder refuses.
    return encodeControl(value as ControlValue, limits);
  } catch {
    return undefined;
  }
}
