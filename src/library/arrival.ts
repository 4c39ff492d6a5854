/**
 * When is a Node in? Once it has a Link to a member, or the server says that nobody else is there. Who is registered may be a
 * ghost: so a Node that reaches nobody is in after a while all the same, alone, and goes on looking.
 */
import type { MeshNode } from '../mesh/index.ts';
import { CancelledError, type Timers } from '../runtime/index.ts';
import type { Transport } from '../transport/index.ts';
import { NetworkRefusedError, ServerUnreachableError } from './errors.ts';

/** A handshake that crosses an ocean through a TURN server takes two seconds; a dead Node is told from a slow one by nothing else. */
const CONTACT_TIMEOUT_MS = 5_000;
/** What no other attempt will change. A `duplicate` or a `full` Node is not the network's last word. */
const FINAL_REFUSALS: ReadonlySet<string> = new Set(['wrong-key', 'wrong-network', 'version', 'protocol']);

export interface ArrivalOptions {
  readonly node: Pick<MeshNode, 'events'>;
  readonly transport: Pick<Transport, 'events'>;
  readonly timers: Timers;
  readonly server: URL;
  /** For the server's answer, ms. */
  readonly timeoutMs: number;
  /** So much of it is over. */
  readonly spentMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws ServerUnreachableError, NetworkRefusedError, CancelledError */
export function arrival({
  node,
  transport,
  timers,
  server,
  timeoutMs,
  spentMs,
  signal,
}: ArrivalOptions): Promise<void> {
  const { promise, resolve, reject } = withResolvers();
  let cancelTimeout = timers.after(Math.max(0, timeoutMs - spentMs), () =>
    reject(new ServerUnreachableError(server, timeoutMs)),
  );
  let hasAnswered = false;
  /** A list that becomes empty without a departure tells of a call that the server did not pass on: that one may call us. */
  let mayBeAlone = true;
  const ends = [
    () => cancelTimeout(),
    node.events.on('joined', () => resolve()),
    node.events.on('refused', ({ reason, message }) => {
      if (FINAL_REFUSALS.has(reason)) reject(new NetworkRefusedError(reason, message));
    }),
    transport.events.on('candidateGone', () => {
      mayBeAlone = true;
    }),
    transport.events.on('candidates', (others) => {
      if (others.length === 0 && mayBeAlone) resolve();
      mayBeAlone = false;
      if (hasAnswered) return;
      hasAnswered = true;
      cancelTimeout();
      cancelTimeout = timers.after(CONTACT_TIMEOUT_MS, () => resolve());
    }),
  ];
  const abort = (): void => reject(cancelled(signal));
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  return promise.finally(() => {
    signal?.removeEventListener('abort', abort);
    for (const end of ends) end();
  });
}

/** @param signal why */
export function cancelled(signal: AbortSignal | undefined): CancelledError {
  return new CancelledError('joining the network', { cause: signal?.reason });
}

/** `Promise.withResolvers` is not in Node 20. */
function withResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (reason: Error) => void;
} {
  let resolve: () => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
