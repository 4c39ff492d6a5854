/** A binary heap (Williams 1964): the entry that comes before all others is at hand, push and pop cost O(log n). */
export class Heap<Entry extends object> {
  readonly #entries: Entry[] = [];
  readonly #isBefore: (a: Entry, b: Entry) => boolean;

  /** `isBefore` must be a strict order; make it total where ties must not depend on what else was in the heap. */
  constructor(isBefore: (a: Entry, b: Entry) => boolean) {
    this.#isBefore = isBefore;
  }

  peek(): Entry | undefined {
    return this.#entries[0];
  }

  push(entry: Entry): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = entries[parentAt];
      if (!parent || !this.#isBefore(entry, parent)) break;
      entries[at] = parent;
      at = parentAt;
    }
    entries[at] = entry;
  }

  pop(): Entry | undefined {
    const entries = this.#entries;
    const top = entries[0];
    const last = entries.pop();
    if (!last || entries.length === 0) return top;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = entries[childAt];
      const right = entries[childAt + 1];
      if (child && right && this.#isBefore(right, child)) {
        child = right;
        childAt++;
      }
      if (!child || !this.#isBefore(child, last)) break;
      entries[at] = child;
      at = childAt;
    }
    entries[at] = last;
    return top;
  }
}
