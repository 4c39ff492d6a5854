/**
 * Who is registered at the rendezvous. The list may be long, may change with every newcomer in a room of a thousand, and may
 * be full of ghosts; so it is kept as it came, newcomers are read off its end, and nobody ever walks the whole of it but
 * when somebody is missing. The registry lists ids in the order they came.
 */
import { integerBelow, type Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { MAX_NEWCOMERS, MAX_REGISTERED } from './limits.ts';

export class Registered {
  #ids: readonly NodeId[] = [];
  #known = new Set<NodeId>();

  get size(): number {
    return this.#known.size;
  }

  has(id: NodeId): boolean {
    return this.#known.has(id);
  }

  /** Takes the rendezvous' list (frozen, without ourselves); answers with the newcomers on it, newest first, at most MAX_NEWCOMERS. */
  update(list: readonly NodeId[]): NodeId[] {
    const ids = list.length > MAX_REGISTERED ? list.slice(-MAX_REGISTERED) : list;
    const newcomers: NodeId[] = [];
    let at = ids.length - 1;
    for (; at >= 0; at--) {
      const id = ids[at];
      if (id === undefined || this.#known.has(id)) break;
      if (newcomers.length < MAX_NEWCOMERS) newcomers.push(id);
    }
    for (let i = at + 1; i < ids.length; i++) {
      const id = ids[i];
      if (id !== undefined) this.#known.add(id);
    }
    // Somebody went unsaid, or the order is another: compare once in full.
    if (this.#known.size !== ids.length) {
      for (let i = at; i >= 0 && newcomers.length < MAX_NEWCOMERS; i--) {
        const id = ids[i];
        if (id !== undefined && !this.#known.has(id)) newcomers.push(id);
      }
      this.#known = new Set(ids);
    }
    this.#ids = ids;
    return newcomers;
  }

  remove(id: NodeId): void {
    this.#known.delete(id);
  }

  /** Up to `count` that `isWanted`: alternately the newest and any. Looks at a few times `count` of them only. */
  pick(count: number, isWanted: (id: NodeId) => boolean, random: Random): NodeId[] {
    const picked: NodeId[] = [];
    const ids = this.#ids;
    if (ids.length === 0) return picked;
    let newest = ids.length - 1;
    for (let look = 0; look < 8 * count && picked.length < count; look++) {
      const id = look % 2 === 0 ? ids[newest--] : ids[integerBelow(random, ids.length)];
      if (id !== undefined && this.#known.has(id) && !picked.includes(id) && isWanted(id)) picked.push(id);
    }
    return picked;
  }
}
