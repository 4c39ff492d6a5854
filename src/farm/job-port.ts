import type { NodeId } from '../wire/index.ts';
import type { JobDescription, JobId, ResultStore } from './contract.ts';
import type { WorkPort } from './job-work.ts';
import type { FarmMessage } from './messages.ts';

/** What a Job on a Node (job-state.ts) needs of the farm on that Node. */
export interface JobPort extends Pick<WorkPort, 'self' | 'secret' | 'members' | 'tell' | 'sendPart' | 'log'> {
  makeStore(job: JobDescription): ResultStore | undefined;
  /** After what is being done now. */
  later(step: () => void): void;
  isMember(node: NodeId): boolean;
  broadcast(message: FarmMessage): void;
  hasInputs(id: JobId): boolean;
  ownResult(id: JobId, task: number): Uint8Array | undefined;
  canCoordinate(job: JobDescription): boolean;
  /** Term or control is another now. */
  changed(job: { readonly id: JobId }, nowMs: number): void;
  /** So is something else that people see. */
  shown(id: JobId): void;
  /** That moment as ms since 1970. */
  wallMs(nowMs: number): number;
  /** What people call it; empty where nobody said. */
  nameOf(node: NodeId): string;
  /** Whoever wanted to read a Job's log can. */
  logTold(id: JobId): void;
  wishSettled(token: number, isFulfilled: boolean): void;
}
