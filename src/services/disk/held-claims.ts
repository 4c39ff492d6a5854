/** Claims that are given up together, when whoever made them closes. */
import type { Claims } from './contract.ts';

export class HeldClaims implements Claims {
  readonly #claims: Claims;
  readonly #held = new Set<() => void>();
  #isClosed = false;

  constructor(claims: Claims) {
    this.#claims = claims;
  }

  async claim(name: string, waitMs: number): Promise<(() => void) | undefined> {
    const release = await this.#claims.claim(name, waitMs);
    if (this.#isClosed) release?.();
    if (!release || this.#isClosed) return undefined;
    this.#held.add(release);
    return () => {
      if (this.#held.delete(release)) release();
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const release of this.#held) release();
    this.#held.clear();
  }
}
