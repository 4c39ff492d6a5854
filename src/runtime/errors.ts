/**
 * Every error that leaves a folder's public face is one of these: a stable `code` for programs, a message that says what
 * to do for people, and the cause.
 */
export class LeafcutterError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The work was cancelled through its AbortSignal or by the user. */
export class CancelledError extends LeafcutterError {
  constructor(what: string, options?: { cause?: unknown }) {
    super('cancelled', `${what} was cancelled`, options);
  }
}

/** A readable sentence for anything that was thrown, be it what no string can be made of. Never throws itself. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'an error that says nothing of itself';
  }
}
