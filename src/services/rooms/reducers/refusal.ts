/** What others write is theirs: a reducer that ships with rooms looks at each update before it believes it. */
import { LeafcutterError } from '../../../runtime/index.ts';

/** Such an update does nothing, and its author is told. `code` is `refused-update`. */
export class UpdateRefusedError extends LeafcutterError {
  constructor(what: string) {
    super('refused-update', what);
  }
}

/** @throws UpdateRefusedError */
export function demand(isFine: boolean, what: string): asserts isFine {
  if (!isFine) throw new UpdateRefusedError(what);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
