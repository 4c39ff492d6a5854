/** Numbers gathered over a turn and told once at its end, each once. */
export class TurnBatch {
  readonly #tell: (numbers: readonly number[]) => void;
  readonly #gathered = new Set<number>();

  constructor(tell: (numbers: readonly number[]) => void) {
    this.#tell = tell;
  }

  add(numbers: Iterable<number>): void {
    const isFirst = this.#gathered.size === 0;
    for (const number of numbers) this.#gathered.add(number);
    if (!isFirst || this.#gathered.size === 0) return;
    queueMicrotask(() => {
      const all = [...this.#gathered];
      this.#gathered.clear();
      this.#tell(all);
    });
  }
}
