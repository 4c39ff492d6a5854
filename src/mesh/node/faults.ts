/** Faults that a person or a test switches on. They act on the real thing: Links close, frames stay unsent. */
import type { NodeId } from '../../wire/index.ts';
import type { FaultSwitches } from '../contract.ts';
import type { NeighbourPolicy } from '../neighbours/neighbour-policy.ts';
import type { LinkSet } from './link-set.ts';

export class Faults implements FaultSwitches {
  readonly #links: LinkSet;
  readonly #policy: NeighbourPolicy;
  readonly #onChange: () => void;

  constructor(links: LinkSet, policy: NeighbourPolicy, onChange: () => void) {
    this.#links = links;
    this.#policy = policy;
    this.#onChange = onChange;
  }

  get blockedLinks(): ReadonlySet<NodeId> {
    return new Set(this.#policy.blocked);
  }

  get sendingPaused(): boolean {
    return this.#links.isPaused;
  }

  dropLink(peer: NodeId): void {
    this.#links.close(peer, 'dropped by hand');
    this.#onChange();
  }

  setLinkBlocked(peer: NodeId, blocked: boolean): void {
    this.#policy.setBlocked(peer, blocked);
    if (blocked) this.#links.close(peer, 'blocked by hand');
    this.#onChange();
  }

  setSendingPaused(paused: boolean): void {
    this.#links.setPaused(paused);
    this.#onChange();
  }
}
