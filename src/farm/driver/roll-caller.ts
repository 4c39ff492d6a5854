/**
 * Performs a roll call (roll-call/roll-call.ts) with a Farm and its Node. Beside the Farm, since most that have one never call.
 */
import { type MeshNode, RequestFailedError } from '../../mesh/index.ts';
import { Alarm, type Clock, type Timers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Farm } from '../farm.ts';
import { RollCall } from '../roll-call/roll-call.ts';
import { decodeRoll } from '../roll-call/roll-codec.ts';

export interface RollCaller {
  readonly farm: Pick<Farm, 'jobs' | 'events' | 'askRoll' | 'askAbout'>;
  readonly node: Pick<MeshNode, 'members' | 'events'>;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** How long a roll call waits, in milliseconds. */
export interface RollCallOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** With nobody else in the mesh it waits for somebody. */
  readonly needsSomebody?: boolean;
}

/**
 * Resolves when every Job that a member coordinates is known to the farm, with the members of which that is not sure: they did not tell in
 * time. When `signal` aborts, at once.
 */
export function callRoll(
  { farm, node, clock, timers }: RollCaller,
  { timeoutMs, signal, needsSomebody }: RollCallOptions,
): Promise<readonly NodeId[]> {
  const call = new RollCall(
    node.members().flatMap(({ id, isSelf }) => (isSelf ? [] : [id])),
    clock.now(),
    needsSomebody,
  );
  for (const { description } of farm.jobs()) call.learned(description.id);
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
        const answer = await farm.askRoll(to, { timeoutMs, signal });
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
      for (const { node: to, id } of call.wanted(nowMs)) farm.askAbout(to, id);
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
      farm.events.on('changed', ({ id }) => {
        call.learned(id);
        look();
      }),
    ];
    signal.addEventListener('abort', end);
    look();
  });
}
