/** What the workers of a Node want, as effects of its farm; what they bring to a coordinator on this Node goes there without a network. */
import type { NodeId } from '../wire/index.ts';
import type { LenderPort } from './lender.ts';
import type { FarmMessage } from './messages.ts';
import type { FarmResult } from './payload.ts';
import type { Reaction } from './reaction.ts';

export interface LenderHome {
  toCoordinator(message: FarmMessage): void;
  /** This Node coordinates that Job. */
  ownResult(result: FarmResult): void;
  nowMs(): number;
  isMember(node: NodeId): boolean;
}

export function lenderPort(self: NodeId, reaction: Reaction, home: LenderHome): LenderPort {
  return {
    self,
    isMember: (node) => home.isMember(node),
    toCoordinator: (message) => home.toCoordinator(message),
    sendResult: (to, result, sending) => {
      if (to !== self) {
        reaction.add({ type: 'send-result', to, result, sending });
        return;
      }
      reaction.later(() => {
        home.ownResult(result);
        sending.worker.sent(sending, home.nowMs());
      });
    },
    open: (job) => reaction.add({ type: 'open', job }),
    shut: (id) => reaction.add({ type: 'shut', id }),
    prepare: (id, worker) => reaction.add({ type: 'prepare', id, worker }),
    run: (id, worker, task, range) => reaction.add({ type: 'run', id, worker, task, range }),
    refused: (id, reason) => reaction.add({ type: 'refused', id, reason }),
  };
}
