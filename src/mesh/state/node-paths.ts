/** How a frame of ours leaves: over the Link to its target if there is one that speaks, else towards the next hop. */
import type { NodeId } from '../../wire/index.ts';
import type { OpenLink } from '../link/contract.ts';
import type { Router } from '../topology/view.ts';
import type { Path, Paths } from '../vocabulary.ts';

/** A Link that has been silent for longer is gone around where a way leads around it; it may be dead. */
const SILENT_AFTER_MS = 1500;

export class NodePaths implements Paths {
  readonly #open: ReadonlyMap<NodeId, OpenLink>;
  readonly #router: Router;
  readonly #silenceMs: (peer: NodeId) => number;

  constructor(open: ReadonlyMap<NodeId, OpenLink>, router: Router, silenceMs: (peer: NodeId) => number) {
    this.#open = open;
    this.#router = router;
    this.#silenceMs = silenceMs;
  }

  to(target: NodeId): Path | undefined {
    const link = this.#open.get(target);
    if (link && this.#silenceMs(target) < SILENT_AFTER_MS) return { type: 'direct', link: link.link };
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
