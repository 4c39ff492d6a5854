/**
 * Who is registered at the rendezvous. The list comes anew with every newcomer, in a room of a thousand too, and may be full
 * of ghosts; so it is kept as it came, and what is usual (the list of before, and somebody at its end) costs no more than to
 * compare the two. The registry lists ids in the order they came.
 */
import { integerBelow, type Random } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { MAX_NEWCOMERS, MAX_REGISTERED } from './limits.ts';

export class Registered {
  #ids: readonly NodeId[] = [];
  /** Since when it has been on the list. */
  #known = new Map<NodeId, number>();

  get size(): number {
    return this.#known.size;
  }

  has(id: NodeId): boolean {
    return this.#known.has(id);
  }

  /** Undefined for who is not. */
  since(id: NodeId): number | undefined {
    return this.#known.get(id);
  }

  /** Takes the rendezvous' list (frozen, without ourselves); answers with the newcomers on it, newest first, at most MAX_NEWCOMERS. */
  update(list: readonly NodeId[], now: number): NodeId[] {
    const ids = list.length > MAX_REGISTERED ? list.slice(-MAX_REGISTERED) : list;
    const newcomers: NodeId[] = [];
    const kept = this.#keptOf(ids);
    const from = kept ?? 0;
    for (let i = ids.length - 1; i >= from && newcomers.length < MAX_NEWCOMERS; i--) {
      const id = ids[i];
      if (id !== undefined && !this.#known.has(id)) newcomers.push(id);
    }
    if (kept === undefined) this.#known = new Map(ids.map((id) => [id, this.#known.get(id) ?? now]));
    else for (let i = kept; i < ids.length; i++) this.#add(ids[i], now);
    this.#ids = ids;
    return newcomers;
  }

  remove(id: NodeId): void {
    if (this.#known.delete(id)) this.#ids = this.#ids.filter((each) => each !== id);
  }

  /** Up to `count` that `isWanted`: alternately any and the newest. Looks at eight times `count` of them at most. */
  pick(count: number, isWanted: (id: NodeId) => boolean, random: Random): NodeId[] {
    const picked: NodeId[] = [];
    const ids = this.#ids;
    if (ids.length === 0) return picked;
    let newest = ids.length - 1;
    for (let look = 0; look < 8 * count && picked.length < count; look++) {
      const id = look % 2 === 1 ? ids[newest--] : ids[integerBelow(random, ids.length)];
      if (id !== undefined && !picked.includes(id) && isWanted(id)) picked.push(id);
    }
    return picked;
  }

  /** How long the list of before is, when the new one begins with it; undefined when it is another list. */
  #keptOf(ids: readonly NodeId[]): number | undefined {
    const before = this.#ids;
    for (let i = 0; i < before.length; i++) if (ids[i] !== before[i]) return undefined;
    return before.length;
  }

  #add(id: NodeId | undefined, now: number): void {
    if (id !== undefined && !this.#known.has(id)) this.#known.set(id, now);
  }
}
