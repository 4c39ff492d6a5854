/** A part of the page that comes when it is first asked for, once; where that fails it can be asked for again. */
export class Late<T> {
  readonly #load: () => Promise<T>;
  #begun: Promise<T> | undefined;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** Undefined while nobody has asked for it. */
  get begun(): Promise<T> | undefined {
    return this.#begun;
  }

  /** @throws what `load` throws */
  readonly get = (): Promise<T> => {
    this.#begun ??= this.#load().catch((error: unknown) => {
      this.#begun = undefined;
      throw error;
    });
    return this.#begun;
  };
}
