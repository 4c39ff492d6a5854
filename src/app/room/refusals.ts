/** What the page's reducer asks of what others wrote. */
import { UpdateRefusedError } from '../../services/rooms/index.ts';

/** @throws UpdateRefusedError */
export function demand(isFine: boolean, what: string): asserts isFine {
  if (!isFine) throw new UpdateRefusedError(what);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** @throws UpdateRefusedError */
export function textOf(value: unknown, most: number): string {
  demand(typeof value === 'string' && value.trim() !== '', 'it says nothing');
  demand(value.length <= most, `it has at most ${most} characters`);
  return value;
}

/** @throws UpdateRefusedError */
export function numberOf(value: unknown): number {
  demand(typeof value === 'number' && Number.isFinite(value), 'it is no number');
  return value;
}
