/** What went wrong with a send or a request, as the typed error that the caller catches. */
import { CancelledError, LeafcutterError } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { MAX_STREAMS_AT_ONCE } from '../contract.ts';
import {
  MessageTooLargeError,
  NodeClosedError,
  RequestFailedError,
  RequestTimeoutError,
  SendTimeoutError,
  TargetLeftError,
  TargetsUnreachableError,
  TargetUnreachableError,
  TooManyStreamsError,
} from '../errors.ts';
import type { Failure } from '../vocabulary.ts';

/** What a caller waits for, in its own words. */
export interface Purpose {
  readonly kind: 'send' | 'request' | 'broadcast' | 'table';
  /** Undefined for a broadcast, and for our own table. */
  readonly target: NodeId | undefined;
  /** Name of the message. */
  readonly name: string;
}

const CANCELLED = {
  send: (name: string) => `the message "${name}"`,
  broadcast: (name: string) => `the broadcast "${name}"`,
  request: (name: string) => `the request "${name}"`,
  table: () => 'asking for a network table',
} as const;

export function errorOf(failure: Failure, { kind, target, name }: Purpose, cause?: unknown): LeafcutterError {
  const to = target ?? ('everyone' as NodeId);
  switch (failure.reason) {
    case 'unreachable':
      return failure.targets ? new TargetsUnreachableError(failure.targets) : new TargetUnreachableError(to);
    case 'left':
      return new TargetLeftError(to, failure.because);
    case 'reset':
      return new TargetLeftError(to, 'it lost the state of the stream');
    case 'too-many-streams':
      return new TooManyStreamsError(to, MAX_STREAMS_AT_ONCE);
    case 'timed-out':
      return kind === 'request' || kind === 'table'
        ? new RequestTimeoutError(to, name, failure.afterMs)
        : new SendTimeoutError(to, failure.afterMs);
    case 'too-large':
      return new MessageTooLargeError(failure.bytes, failure.limit);
    case 'cancelled':
      return new CancelledError(CANCELLED[kind](name), { cause });
    case 'closed':
      return new NodeClosedError();
    case 'body-gone':
      return new LeafcutterError(
        'bad-body',
        `the body of "${name}" was transferred or resized before it had left: leave it alone until then, or send a copy`,
      );
    case 'refused':
      return new RequestFailedError(to, name, failure.because);
  }
}
