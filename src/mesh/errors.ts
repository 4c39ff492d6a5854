/** Why a send or a request did not succeed. Each names the Node and what can be done. */
import { LeafcutterError } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';

const short = (id: NodeId): string => id.slice(0, 8);

/** No path led to the target when it was sent. */
export class TargetUnreachableError extends LeafcutterError {
  constructor(
    readonly target: NodeId,
    options?: { cause?: unknown },
  ) {
    super(
      'target-unreachable',
      `no path leads to node ${short(target)}; try again when it is listed as a member`,
      options,
    );
  }
}

/** Of several targets, some are no members: nobody was sent anything. */
export class TargetsUnreachableError extends LeafcutterError {
  constructor(readonly targets: readonly NodeId[]) {
    super(
      'targets-unreachable',
      `nothing was sent: no path leads to ${targets.map((id) => `node ${short(id)}`).join(', ')}; leave them out, or try again when they are listed as members`,
    );
  }
}

/** The target left the mesh before it had acknowledged the message. */
export class TargetLeftError extends LeafcutterError {
  constructor(
    readonly target: NodeId,
    reason: string,
  ) {
    super(
      'target-left',
      `node ${short(target)} left the mesh (${reason}) before it acknowledged the message`,
    );
  }
}

/** The target took nothing of its stream for `timeoutMs`. */
export class SendTimeoutError extends LeafcutterError {
  constructor(
    readonly target: NodeId,
    afterMs: number,
  ) {
    super(
      'send-timeout',
      `node ${short(target)} did not acknowledge within ${Math.round(afterMs)} ms; it may be frozen, or its handler does not return`,
    );
  }
}

/** The target has MAX_STREAMS_AT_ONCE streams of ours in use, and this is another. */
export class TooManyStreamsError extends LeafcutterError {
  constructor(
    readonly target: NodeId,
    limit: number,
  ) {
    super(
      'too-many-streams',
      `node ${short(target)} has ${limit} other streams of this node in use, and takes no more at once; use fewer, or send again when one has been silent for two minutes`,
    );
  }
}

/** The body is over MAX_MESSAGE_BYTES, or MAX_BROADCAST_BYTES to several. */
export class MessageTooLargeError extends LeafcutterError {
  constructor(bytes: number, limit: number) {
    super(
      'message-too-large',
      `a message of ${bytes} bytes is over the limit of ${limit}; share it as a Blob instead`,
    );
  }
}

/** The Node was closed before, or meanwhile. */
export class NodeClosedError extends LeafcutterError {
  constructor() {
    super('node-closed', 'this node is closed; join the network again');
  }
}

/** No answer came within `timeoutMs`. */
export class RequestTimeoutError extends LeafcutterError {
  constructor(
    readonly target: NodeId,
    name: string,
    afterMs: number,
  ) {
    super(
      'request-timeout',
      `node ${short(target)} did not answer "${name}" within ${Math.round(afterMs)} ms; ask again, or give it more time with timeoutMs`,
    );
  }
}

/** The target answered that it could not: its handler threw, or there is none of that name. */
export class RequestFailedError extends LeafcutterError {
  constructor(
    readonly target: NodeId,
    name: string,
    reason: string,
  ) {
    super('request-failed', `node ${short(target)} could not answer "${name}": ${reason}`);
  }
}
