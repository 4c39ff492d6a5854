/** Many at a time, or one alone, in the order in which they came: behind one that is to be alone nobody enters before it. */
export class Company {
  #inside = 0;
  #isOneAlone = false;
  readonly #waiting: { readonly isAlone: boolean; readonly enter: () => void }[] = [];

  get isEmpty(): boolean {
    return this.#inside === 0;
  }

  together<T>(act: () => Promise<T>): Promise<T> {
    return this.#pass(false, act);
  }

  alone<T>(act: () => Promise<T>): Promise<T> {
    return this.#pass(true, act);
  }

  async #pass<T>(isAlone: boolean, act: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ isAlone, enter });
      this.#admit();
    });
    try {
      return await act();
    } finally {
      this.#inside--;
      this.#isOneAlone = false;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const next = this.#waiting[0];
      if (!next || this.#isOneAlone || (next.isAlone && !this.isEmpty)) return;
      this.#waiting.shift();
      this.#inside++;
      this.#isOneAlone = next.isAlone;
      next.enter();
    }
  }
}
