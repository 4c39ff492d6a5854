/** A binary heap of (cost, slot) in two plain arrays: no object an entry. */
export class CostQueue {
  readonly #costs: number[] = [];
  readonly #slots: number[] = [];

  /** Infinity when there is none. */
  get least(): number {
    return this.#costs.length === 0 ? Number.POSITIVE_INFINITY : (this.#costs[0] ?? 0);
  }

  clear(): void {
    this.#costs.length = 0;
    this.#slots.length = 0;
  }

  push(cost: number, slot: number): void {
    const costs = this.#costs;
    const slots = this.#slots;
    let at = costs.push(cost) - 1;
    slots.push(slot);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentCost = costs[parent] ?? 0;
      if (parentCost <= cost) break;
      costs[at] = parentCost;
      slots[at] = slots[parent] ?? 0;
      at = parent;
    }
    costs[at] = cost;
    slots[at] = slot;
  }

  /** The slot of least cost, -1 when there is none. */
  pop(): number {
    const costs = this.#costs;
    const slots = this.#slots;
    const top = slots[0] ?? -1;
    const cost = costs.pop() ?? 0;
    const slot = slots.pop() ?? 0;
    const size = costs.length;
    if (size === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (costs[child + 1] ?? 0) < (costs[child] ?? 0)) child++;
      const childCost = costs[child] ?? 0;
      if (childCost >= cost) break;
      costs[at] = childCost;
      slots[at] = slots[child] ?? 0;
      at = child;
    }
    costs[at] = cost;
    slots[at] = slot;
    return top;
  }
}
