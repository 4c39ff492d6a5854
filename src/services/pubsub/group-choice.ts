/** Which Node is to give a message to a member of a queue group: near first, then by turns, and whoever does not answer last. */
import type { NodeId } from '../../wire/index.ts';
import type { ClientId } from './client-state.ts';
import { FairChoice } from './fair-choice.ts';
import type { LocalSubscribers } from './local-subscribers.ts';
import type { PeerInterests } from './peer-interests.ts';
import type { Tracked } from './tracked.ts';

export interface GroupChoicePort {
  readonly self: NodeId;
  readonly local: LocalSubscribers;
  readonly peers: PeerInterests;
  /** Of the path to that Node. */
  hops(node: NodeId): number;
}

/** Queue groups whose turns are remembered. */
const MAX_TURNS = 4_096;

export class GroupChoice {
  readonly #port: GroupChoicePort;
  /** Members that let a message time out and have said nothing of any since. */
  readonly inArrears = new Set<NodeId>();
  readonly #turns = new Map<string, FairChoice<NodeId>>();

  constructor(port: GroupChoicePort) {
    this.#port = port;
  }

  /**
   * Ourselves, then the Nodes with the shortest path. Not those that were sent it before, and of those in arrears none while there are others.
   */
  choose(queue: string, tracked: Tracked, except: ClientId | undefined): NodeId | undefined {
    const { local, peers, self, hops } = this.#port;
    const { publication } = tracked;
    const tried = tracked.tried.get(queue);
    const here = local.groupState(queue, publication, except);
    if (here === 'room') return self;
    const untried = (peers.match(publication.subject).groups.get(queue) ?? []).filter(
      ({ key }) => !tried?.has(key),
    );
    const punctual = untried.filter(({ key }) => !this.inArrears.has(key));
    const candidates = punctual.length > 0 ? punctual : untried;
    const nearest = Math.min(...candidates.map(({ key }) => hops(key)));
    const chosen = this.#turnsOf(queue).choose(candidates.filter(({ key }) => hops(key) === nearest));
    return chosen ?? (here === 'full' ? self : undefined);
  }

  left(node: NodeId): void {
    this.inArrears.delete(node);
    for (const choice of this.#turns.values()) choice.forget(node);
  }

  #turnsOf(queue: string): FairChoice<NodeId> {
    let turns = this.#turns.get(queue);
    if (!turns) {
      if (this.#turns.size >= MAX_TURNS) this.#turns.clear();
      turns = new FairChoice();
      this.#turns.set(queue, turns);
    }
    return turns;
  }
}
