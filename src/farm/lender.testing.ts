/** For tests: a Lender whose words and work are noted, and Jobs to offer to it. */
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import type { JobControl, JobId } from './contract.ts';
import { FIRST_CONTROL } from './control.ts';
import { named } from './description.ts';
import { Lender } from './lender.ts';
import type { LentWorker } from './lent-worker.ts';
import type { FarmMessage } from './messages.ts';
import type { FarmResult } from './payload.ts';

const random = seededRandom(5);
export const [self, coordinator, heir] = [newNodeId(random), newNodeId(random), newNodeId(random)];
export const term = { number: 1, node: coordinator };

/** @param areTaken what is sent arrives at once */
export function setUp(workers: number, areTaken = true) {
  const said: FarmMessage[] = [];
  const results: FarmResult[] = [];
  const opened: JobId[] = [];
  const shut: JobId[] = [];
  const running: { id: JobId; worker: LentWorker; task: number }[] = [];
  const preparing: LentWorker[] = [];
  const refusals: string[] = [];
  const lender = new Lender({
    self,
    isMember: () => true,
    toCoordinator: (message) => said.push(message),
    sendResult: (_, result, sending) => {
      results.push(result);
      if (areTaken) sending.worker.sent(sending, 0);
    },
    open: ({ id }) => opened.push(id),
    shut: (id) => shut.push(id),
    prepare: (_, worker) => preparing.push(worker),
    run: (id, worker, task) => running.push({ id, worker, task }),
    refused: (_, reason) => refusals.push(reason),
  });
  lender.handle({ type: 'workers', count: workers }, 0);
  let offered = 0;
  const offer = (control: Partial<JobControl> = {}, nowMs = 0, submitter = coordinator): JobId => {
    const description = named({
      ...{ kind: 'sum', title: '', taskCount: 99, spec: Uint8Array.of() },
      ...{ submitter, submittedAtMs: offered++ },
    });
    lender.offer(description, term, { ...FIRST_CONTROL, ...control }, nowMs);
    return description.id;
  };
  /** Lets every preparation end. */
  const prepare = (nowMs = 0): void => {
    for (let worker = preparing.shift(); worker; worker = preparing.shift())
      lender.handle({ type: 'prepared', worker }, nowMs);
  };
  const grant = (
    id: JobId,
    worker: number,
    tasks: readonly number[],
    number = 1,
    from = coordinator,
    nowMs = 0,
  ): void => {
    const leases = tasks.map((task) => ({ task, fence: 100 * number + task }));
    lender.received(from, { type: 'grant', id, term: number, worker, leases }, nowMs);
  };
  const pulls = () => said.flatMap((message) => (message.type === 'pull' ? [message] : []));
  return { lender, said, results, opened, shut, running, preparing, refusals, offer, prepare, grant, pulls };
}
