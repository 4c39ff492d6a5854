/** When it may be this Node's turn to take a Job over: by how much of it is here, and by who else is there (turn.ts). */
import type { JobControl, JobDescription, JobId } from './contract.ts';
import { isFinal } from './control.ts';
import type { JobPort } from './job-port.ts';
import type { JobWork } from './job-work.ts';
import type { Succession } from './succession.ts';
import type { Liars } from './trust/liars.ts';
import { ownTurnDelayMs } from './turn.ts';

export interface TurnOf {
  readonly id: JobId;
  readonly description: JobDescription;
  readonly control: JobControl;
  readonly work: JobWork;
}

export class OwnTurn {
  readonly #job: TurnOf;
  readonly #succession: Succession;
  readonly #liars: Liars;
  readonly #port: JobPort;

  constructor(job: TurnOf, succession: Succession, liars: Liars, port: JobPort) {
    this.#job = job;
    this.#succession = succession;
    this.#liars = liars;
    this.#port = port;
  }

  /** When it is to be looked whether it has come; never where this Node cannot coordinate. */
  get lookAtMs(): number {
    const { work, control, description } = this.#job;
    const isUnable = work.isUnable && !isFinal(control.phase);
    return isUnable || !this.#port.canCoordinate(description)
      ? Number.POSITIVE_INFINITY
      : this.#succession.lookAtMs;
  }

  hasCome(nowMs: number): boolean {
    const { work, description, id } = this.#job;
    const delayMs = ownTurnDelayMs({
      job: description,
      self: this.#port.self,
      hasResults: work.store !== undefined,
      hasInputs: this.#port.hasInputs(id),
      holders: work.report.holders,
      members: this.#port.members(),
      isNamed: this.#liars.isSelfNamed,
    });
    return this.#succession.isDue(delayMs, nowMs);
  }
}
