/** A scenario is data: a list of what happens, one thing after the other, to a World. Here is what can happen. */
import type { World } from './world.ts';

export type Step =
  /** So many tabs open, 40 ms apart. */
  | { readonly join: number; readonly apartMs?: number }
  /** Tabs close properly. */
  | { readonly leave: readonly number[] }
  /** Tabs die without a word. */
  | { readonly kill: readonly number[] }
  | { readonly freeze: readonly number[] }
  | { readonly thaw: readonly number[] }
  /** Tabs go to the background: timers once a second. */
  | { readonly hide: readonly number[] }
  /** The network falls apart into these groups; tabs of no group form one. */
  | { readonly partition: readonly (readonly number[])[] }
  | { readonly heal: true }
  | { readonly rendezvous: 'up' | 'down' }
  /** No Link between these pairs. */
  | { readonly block: readonly (readonly [number, number])[] }
  | { readonly wait: number }
  /** All that are here agree: the same members everywhere, a full mesh up to eight, at most twelve Links each. */
  | { readonly agreeWithinMs: number }
  /** Nobody who is here counts any of these as a member. */
  | { readonly goneWithinMs: number; readonly gone: readonly number[] }
  /** Everyone asks everyone and is answered. */
  | { readonly everyoneAnswersWithinMs: number };

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Plays a scenario; answers with the first thing that was not as it should be. */
export async function play(scenario: Scenario, world: World): Promise<string | undefined> {
  for (const [number, step] of scenario.steps.entries()) {
    const problem = await perform(step, world);
    if (problem !== undefined) return `step ${number} (${JSON.stringify(step)}): ${problem}`;
  }
  return undefined;
}

async function perform(step: Step, world: World): Promise<string | undefined> {
  const { network, scheduler } = world;
  if ('join' in step) await world.joinMany(step.join, step.apartMs);
  else if ('leave' in step) for (const index of step.leave) world.leave(index);
  else if ('kill' in step) for (const index of step.kill) world.kill(index);
  else if ('freeze' in step) for (const index of step.freeze) world.at(index).peer.host.freeze();
  else if ('thaw' in step) for (const index of step.thaw) world.at(index).peer.host.thaw();
  else if ('hide' in step) for (const index of step.hide) world.at(index).peer.host.setHidden(true);
  else if ('partition' in step) {
    const groups = new Map(
      step.partition.flatMap((group, i) => group.map((index) => [world.idOf(index), i + 1])),
    );
    network.partition((id) => groups.get(id) ?? 0);
  } else if ('heal' in step) network.heal();
  else if ('rendezvous' in step) network.setRendezvousUp(step.rendezvous === 'up');
  else if ('block' in step) {
    for (const [a, b] of step.block) {
      world.at(a).node.inspection.faults.setLinkBlocked(world.idOf(b), true);
      world.at(b).node.inspection.faults.setLinkBlocked(world.idOf(a), true);
    }
  } else if ('wait' in step) await scheduler.runFor(step.wait);
  else if ('agreeWithinMs' in step) return (await world.converge(step.agreeWithinMs)).problem;
  else if ('gone' in step) {
    const gone = new Set(step.gone.map((index) => world.idOf(index)));
    const remembers = () =>
      world.here.find(({ node }) => node.members().some((member) => gone.has(member.id)));
    await scheduler.runUntil(() => remembers() === undefined, step.goneWithinMs);
    const stubborn = remembers();
    return stubborn && `tab ${stubborn.index} still counts one that is gone`;
  } else {
    const problems = await world.askEveryone(step.everyoneAnswersWithinMs);
    return problems.length === 0 ? undefined : problems.slice(0, 3).join('; ');
  }
  return undefined;
}
