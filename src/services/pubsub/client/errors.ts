/** Why a message was not taken, or a question not answered: one error for each misuse and each misfortune. */
import { LeafcutterError } from '../../../runtime/index.ts';
import type { AckOutcome } from '../contract.ts';

/** Nobody who is in reach subscribes to the subject. */
export class NoRespondersError extends LeafcutterError {
  constructor(readonly subject: string) {
    super(
      'no-responders',
      `nobody in reach subscribes to "${subject}"; is whoever serves it running, and its subscription ready?`,
    );
  }
}

/** Some have taken the message, or none, and others that wanted it have not. */
export class NotTakenError extends LeafcutterError {
  constructor(
    readonly subject: string,
    /** That took it. */
    readonly subscriptions: number,
    /** On which they are. */
    readonly nodes: number,
    reason: string,
  ) {
    super(
      'not-taken',
      `a message to "${subject}" was taken by ${subscriptions} ${subscriptions === 1 ? 'subscription' : 'subscriptions'} only: ${reason}; publish it again if it may come twice`,
    );
  }
}

/** A message is larger than its Broker takes. */
export class PayloadTooLargeError extends LeafcutterError {
  constructor(reason: string) {
    super('payload-too-large', reason);
  }
}

/** Nobody answered in time. */
export class NoAnswerError extends LeafcutterError {
  constructor(subject: string, afterMs: number) {
    super(
      'no-answer',
      `nobody answered the request to "${subject}" within ${afterMs} ms, though somebody subscribes to it; give it more time with timeoutMs`,
    );
  }
}

/** The subscription could not be made, or its readiness was not confirmed by all. */
export class SubscriptionError extends LeafcutterError {
  constructor(pattern: string, reason: string) {
    super('subscription', `the subscription to "${pattern}" is not ready: ${reason}`);
  }
}

/** More answers came than the loop over them read. */
export class SlowConsumerError extends LeafcutterError {
  constructor(subject: string, bytes: number) {
    super(
      'slow-consumer',
      `more than ${bytes} bytes of answers on "${subject}" were not read: read them faster, or ask for fewer`,
    );
  }
}

/** The PubSub was closed before, or meanwhile. */
export class PubSubClosedError extends LeafcutterError {
  constructor(reason: string) {
    super('pubsub-closed', `publish and subscribe is closed here (${reason}); join the network again`);
  }
}

/** A header has a name or a value that none can have. */
export class HeaderError extends LeafcutterError {}

/** Undefined for a message that all who wanted it have taken. */
export function errorOf(
  subject: string,
  { subscriptions, nodes, failure, reason }: AckOutcome,
): LeafcutterError | undefined {
  switch (failure) {
    case undefined:
      return undefined;
    case 'no-responders':
      return new NoRespondersError(subject);
    case 'too-large':
      return new PayloadTooLargeError(reason);
    case 'closed':
      return new PubSubClosedError(reason);
    default:
      return new NotTakenError(subject, subscriptions, nodes, reason);
  }
}
