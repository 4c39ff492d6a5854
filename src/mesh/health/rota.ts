/**
 * Which Link is to be looked at first, and when. At rest a Link is due later whenever something is heard there. So what stands here of
 * each is when it was due as it was looked at last: it is not due before, mostly later, and only of the first is it known exactly.
 * When something is heard on that one, another may be the first. So a wake finds something to do, and what is heard on all the others
 * costs nothing here.
 */
import { NEVER } from '../protocol.ts';

interface Watched {
  readonly nextWakeAt: number;
}

export class Rota<Link extends Watched> {
  #links: Link[] = [];
  /** Of each Link, in the same order. */
  #times: number[] = [];
  #first: Link | undefined;
  #nextAt = NEVER;

  /** When the first is due. */
  get nextAt(): number {
    return this.#nextAt;
  }

  isFirst(link: Link): boolean {
    return link === this.#first;
  }

  /** Any of them may be due at another time, or others may be there. */
  lookAtAll(links: Iterable<Link>): void {
    this.#links = [...links];
    this.#times = this.#links.map(({ nextWakeAt }) => nextWakeAt);
    this.#findFirst();
  }

  /** This one may be due earlier; or it was the first, and is due later. */
  lookAt(link: Link): void {
    const index = this.#links.indexOf(link);
    if (index < 0) return;
    this.#times[index] = link.nextWakeAt;
    this.#findFirst();
  }

  #findFirst(): void {
    const times = this.#times;
    for (;;) {
      const at = Math.min(NEVER, ...times);
      const first = times.indexOf(at);
      const link = this.#links[first];
      this.#first = link;
      this.#nextAt = at;
      if (link === undefined || link.nextWakeAt <= at) return;
      times[first] = link.nextWakeAt;
    }
  }
}
