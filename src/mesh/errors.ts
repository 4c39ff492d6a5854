/** Why a send or a request did not succeed. Each names the Node and what can be done. */
import { LeafcutterError } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';

const short = (id: NodeId): string => id.slice(0, 8);

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
      `nothing was sent, because no path leads to ${targets.map((id) => `node ${short(id)}`).join(', ')}; leave them out, or try again when they are listed as members`,
    );
  }
}

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

export class MessageTooLargeError extends LeafcutterError {
  constructor(bytes: number, limit: number) {
    super(
      'message-too-large',
      `a message of ${bytes} bytes is over the limit of ${limit}; share it as a Blob instead`,
    );
  }
}

export class NodeClosedError extends LeafcutterError {
  constructor() {
    super('node-closed', 'this node is closed; join the network again');
  }
}

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

export class RequestFailedError extends LeafcutterError {
  constructor(
    readonly target: NodeId,
    name: string,
    reason: string,
  ) {
    super('request-failed', `node ${short(target)} could not answer "${name}": ${reason}`);
  }
}
