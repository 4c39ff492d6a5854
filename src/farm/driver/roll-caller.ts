/** Performs a roll call (roll-call/roll-call.ts) over the stream of the farm, and answers those of others. */
import { type MeshNode, type MeshStream, RequestFailedError } from '../../mesh/index.ts';
import { Alarm, type Clock, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { JobId, JobView } from '../contract.ts';
import { isFinal } from '../control.ts';
import { RollCall } from '../roll-call/roll-call.ts';
import { decodeRoll, encodeRoll } from '../roll-call/roll-codec.ts';

export interface RollCallerPort {
  readonly node: Pick<MeshNode, 'members' | 'events'>;
  readonly stream: Pick<MeshStream, 'request' | 'serve'>;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The oldest first. */
  jobs(): readonly JobView[];
  /** Asks that Node whether it coordinates that Job: it tells of it. */
  ask(node: NodeId, id: JobId): void;
  /** Calls its listener when a Job has become known, or is another. */
  onChanged(listener: (id: JobId) => void): () => void;
}

export interface RollCallOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const ROLL_CALL = 'roll-call';
const NOTHING = new Uint8Array();

export class RollCaller {
  readonly #port: RollCallerPort;
  readonly #unserve: () => void;

  constructor(port: RollCallerPort) {
    this.#port = port;
    this.#unserve = port.stream.serve(ROLL_CALL, () => this.#roll());
  }

  /**
   * Resolves when every Job that a member coordinates is known here, with the members of which that is not sure: they did not tell in
   * time. When `signal` aborts, at once.
   */
  call({ timeoutMs, signal }: RollCallOptions): Promise<readonly NodeId[]> {
    const { node, stream, clock, timers } = this.#port;
    const call = new RollCall(
      node.members().flatMap(({ id, isSelf }) => (isSelf ? [] : [id])),
      clock.now(),
    );
    for (const { description } of this.#port.jobs()) call.learned(description.id);
    return new Promise((resolve) => {
      let isOver = false;
      const end = (): void => {
        if (isOver) return;
        isOver = true;
        for (const off of offs) off();
        signal.removeEventListener('abort', end);
        resolve(call.missing);
      };
      const ask = async (to: NodeId): Promise<void> => {
        try {
          const answer = await stream.request(to, ROLL_CALL, NOTHING, { timeoutMs, signal });
          call.answered(to, decodeRoll(answer), clock.now());
        } catch (error) {
          // It answers that it has no farm; or not at all.
          if (error instanceof RequestFailedError) call.answered(to, undefined, clock.now());
          else call.silent(to);
        }
        look();
      };
      const look = (): void => {
        if (isOver) return;
        const nowMs = clock.now();
        for (const to of call.questions()) void ask(to);
        for (const { node: to, id } of call.wanted(nowMs)) this.#port.ask(to, id);
        if (call.isOver(nowMs)) end();
        else alarm.at(call.nextWakeAt);
      };
      const alarm = new Alarm(clock, timers, () => {
        look();
        return call.nextWakeAt;
      });
      const offs = [
        () => alarm.stop(),
        timers.after(timeoutMs, end),
        node.events.on('joined', ({ id }) => {
          call.joined(id, clock.now());
          look();
        }),
        node.events.on('left', ({ id }) => {
          call.left(id, clock.now());
          look();
        }),
        this.#port.onChanged((id) => {
          call.learned(id);
          look();
        }),
      ];
      signal.addEventListener('abort', end);
      look();
    });
  }

  close(): void {
    this.#unserve();
  }

  #roll(): Uint8Array {
    const told = this.#port.jobs().filter(
      // One that nobody leads will be told of by whoever takes it over.
      ({ role, isAttended, control }) => role === 'coordinator' || (!isAttended && !isFinal(control.phase)),
    );
    const jobs = told
      .toSorted(
        (a, b) =>
          Number(isFinal(a.control.phase)) - Number(isFinal(b.control.phase)) ||
          b.description.submittedAtMs - a.description.submittedAtMs,
      )
      .map(({ description }) => description.id);
    return encodeRoll({ jobs, members: this.#port.node.members().length });
  }
}
