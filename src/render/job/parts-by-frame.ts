/** A set of parts that gives them frame by frame, in the order in which the frames came: at no more cost for one of a million of them. */
export class PartsByFrame {
  readonly #frames = new Map<number, Set<number>>();
  readonly #tileCount: number;
  #size = 0;

  constructor(tileCount: number) {
    this.#tileCount = tileCount;
  }

  get size(): number {
    return this.#size;
  }

  add(part: number): void {
    const frame = this.#frameOf(part);
    const parts = this.#frames.get(frame) ?? new Set();
    if (parts.has(part)) return;
    this.#frames.set(frame, parts.add(part));
    this.#size++;
  }

  delete(part: number): void {
    const frame = this.#frameOf(part);
    const parts = this.#frames.get(frame);
    if (!parts?.delete(part)) return;
    this.#size--;
    if (parts.size === 0) this.#frames.delete(frame);
  }

  /** Of one frame. Some of its parts may be deleted meanwhile. */
  first(): { readonly frame: number; readonly parts: Iterable<number> } | undefined {
    const [first] = this.#frames;
    return first && { frame: first[0], parts: first[1] };
  }

  #frameOf(part: number): number {
    return Math.floor(part / this.#tileCount);
  }
}
