/**
 * Which slots belong to which key: open addressing with linear probing (Knuth, The Art of Computer Programming 3, 6.4), deletion
 * by moving back what follows. Ids are found here by their first four bytes, and told apart by whoever asks: six bytes an entry,
 * where a map of texts takes forty, which is what a Node of a thousand has most of.
 */
const FIRST_BITS = 6;
const NONE = -1;

export class SlotTable {
  #bits = FIRST_BITS;
  #keys = new Int32Array(1 << FIRST_BITS);
  #slots = new Int16Array(1 << FIRST_BITS).fill(NONE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Where the first entry of this key is, -1 when there is none; `slotAt` tells its slot, `next` where another one is. */
  first(key: number): number {
    return this.#find(key, this.#home(key));
  }

  next(at: number, key: number): number {
    return this.#find(key, this.#after(at));
  }

  slotAt(at: number): number {
    return this.#slots[at] ?? NONE;
  }

  add(key: number, slot: number): void {
    if (2 * (this.#size + 1) > this.#slots.length) this.#grow();
    this.#size++;
    this.#put(key, slot);
  }

  remove(key: number, slot: number): void {
    let hole = this.first(key);
    while (hole !== NONE && this.slotAt(hole) !== slot) hole = this.next(hole, key);
    if (hole === NONE) return;
    this.#size--;
    const last = this.#slots.length - 1;
    for (let at = this.#after(hole); this.slotAt(at) !== NONE; at = this.#after(at)) {
      const home = this.#home(this.#keys[at] ?? 0);
      if (((at - home) & last) < ((at - hole) & last)) continue; // it would lie before its home
      this.#keys[hole] = this.#keys[at] ?? 0;
      this.#slots[hole] = this.slotAt(at);
      hole = at;
    }
    this.#slots[hole] = NONE;
  }

  #find(key: number, from: number): number {
    let at = from;
    while (this.slotAt(at) !== NONE) {
      if (this.#keys[at] === key) return at;
      at = this.#after(at);
    }
    return NONE;
  }

  #put(key: number, slot: number): void {
    let at = this.#home(key);
    while (this.slotAt(at) !== NONE) at = this.#after(at);
    this.#keys[at] = key;
    this.#slots[at] = slot;
  }

  #home(key: number): number {
    return Math.imul(key ^ (key >>> 15), 0x9e3779b1) >>> (32 - this.#bits);
  }

  #after(at: number): number {
    return (at + 1) & (this.#slots.length - 1);
  }

  #grow(): void {
    const keys = this.#keys;
    const slots = this.#slots;
    this.#bits++;
    this.#keys = new Int32Array(1 << this.#bits);
    this.#slots = new Int16Array(1 << this.#bits).fill(NONE);
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at] ?? NONE;
      if (slot !== NONE) this.#put(keys[at] ?? 0, slot);
    }
  }
}
