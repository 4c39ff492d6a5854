/**
 * When each Link is to be looked at. At rest it is due later whenever something is heard there, and nobody is told: what stands here
 * is when it was due as it was looked at last, and it is not due before. A wake looks at those whose time has come, not at all of them,
 * and at those whose time comes soon: most of them have been heard since, and then need no wake of their own.
 */
import type { NodeId } from '../../wire/index.ts';
import { NEVER } from '../protocol.ts';

/** A third of the pause of an ordinary Link: measured, fewer wakes find nothing to do than where each is looked at when it is due. */
const SOON_MS = 500;

interface Watched {
  readonly nextWakeAt: number;
}

export class Rota<Link extends Watched> {
  readonly #peers: NodeId[] = [];
  readonly #links: Link[] = [];
  readonly #times: number[] = [];

  /** When the first is to be looked at. */
  get nextAt(): number {
    let next = NEVER;
    for (const time of this.#times) if (time < next) next = time;
    return next;
  }

  /** Any of them may be due at another time, or others may be there. */
  lookAtAll(links: Iterable<readonly [NodeId, Link]>): void {
    let count = 0;
    for (const [peer, link] of links) {
      this.#peers[count] = peer;
      this.#links[count] = link;
      this.#times[count] = link.nextWakeAt;
      count++;
    }
    this.#peers.length = count;
    this.#links.length = count;
    this.#times.length = count;
  }

  /** This one may be due at another time. Answers with that. */
  lookAt(link: Link): number {
    const at = link.nextWakeAt;
    const index = this.#links.indexOf(link);
    if (index >= 0) this.#times[index] = at;
    return at;
  }

  /** `onDue` is told of each that is due, and makes it due later. */
  run(now: number, onDue: (peer: NodeId, link: Link) => void): void {
    const times = this.#times;
    for (let i = 0; i < times.length; i++) {
      if ((times[i] ?? NEVER) > now + SOON_MS) continue;
      const peer = this.#peers[i];
      const link = this.#links[i];
      if (peer === undefined || link === undefined) continue;
      if (link.nextWakeAt <= now) onDue(peer, link);
      times[i] = link.nextWakeAt;
    }
  }
}
