/** How a frame of ours leaves: over the Link to its target if there is one that speaks, else towards the next hop. */
import type { NodeId } from '../../wire/index.ts';
import type { OpenLink } from '../link/contract.ts';
import type { Router } from '../topology/view.ts';
import type { Path, Paths } from '../vocabulary.ts';

export class NodePaths implements Paths {
  readonly #open: ReadonlyMap<NodeId, OpenLink>;
  readonly #router: Router;
  readonly #isSilent: (peer: NodeId) => boolean;

  /** @param isSilent its Link may be dead: it is gone around where a way leads around it */
  constructor(open: ReadonlyMap<NodeId, OpenLink>, router: Router, isSilent: (peer: NodeId) => boolean) {
    this.#open = open;
    this.#router = router;
    this.#isSilent = isSilent;
  }

  to(target: NodeId): Path | undefined {
    const link = this.#open.get(target);
    if (link && !this.#isSilent(target)) return { type: 'direct', link: link.link };
    const nextHop = this.#router.route(target)?.nextHop;
    if (nextHop !== undefined && nextHop !== target && this.#open.has(nextHop)) {
      return { type: 'relayed', nextHop };
    }
    return link && { type: 'direct', link: link.link };
  }

  /** Where a relay passes a frame on that it did not make. */
  nextHop(target: NodeId): NodeId | undefined {
    const path = this.to(target);
    return path?.type === 'direct' ? target : path?.nextHop;
  }
}
