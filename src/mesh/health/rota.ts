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
  readonly #links: Link[] = [];
  /** Of each Link, in the same order. */
  readonly #times: number[] = [];
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
    let count = 0;
    for (const link of links) {
      this.#links[count] = link;
      this.#times[count] = link.nextWakeAt;
      count++;
    }
    this.#links.length = count;
    this.#times.length = count;
    this.#findFirst();
  }

  /** This one may be due earlier; or it was the first, and is due later. */
  lookAt(link: Link): void {
    const index = this.#links.indexOf(link);
    if (index < 0) return;
    this.#times[index] = link.nextWakeAt;
    this.#findFirst();
  }

  /** Those that are due now. They are due later once they have been woken: say so with `lookAtDue`. */
  due(now: number): Link[] {
    return this.#links.filter((link, i) => (this.#times[i] ?? NEVER) <= now && link.nextWakeAt <= now);
  }

  /** Those that were due have been woken. */
  lookAtDue(now: number): void {
    const times = this.#times;
    for (let i = 0; i < times.length; i++)
      if ((times[i] ?? NEVER) <= now) times[i] = this.#links[i]?.nextWakeAt ?? NEVER;
    this.#findFirst();
  }

  #findFirst(): void {
    const times = this.#times;
    for (;;) {
      let first = -1;
      let at = NEVER;
      for (let i = 0; i < times.length; i++) {
        const time = times[i] ?? NEVER;
        if (time >= at) continue;
        first = i;
        at = time;
      }
      const link = this.#links[first];
      this.#first = link;
      this.#nextAt = at;
      if (link === undefined || link.nextWakeAt <= at) return;
      times[first] = link.nextWakeAt;
    }
  }
}
