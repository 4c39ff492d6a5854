/**
 * How well we are ourselves: Lifeguard's local health multiplier (Dadgar, Phillips, Currey 2018). Who runs late, or says of
 * a Node that it is silent while others hear it, is probably the one with the trouble, and gives others more time.
 */

/** Lifeguard takes 8 on servers. Ours must still find the dead in a hidden tab, whose every timer is late. */
const MAX_SCORE = 3;

export class Awareness {
  #score = 0;

  /** Patience is multiplied by this: 1 to 2.5. */
  get scale(): number {
    return 1 + this.#score / 2;
  }

  /** A timer of ours came late, we stood still, or a neighbour hears whom we do not. */
  worse(): void {
    this.#score = Math.min(MAX_SCORE, this.#score + 1);
  }

  /** A question of ours was answered. */
  better(): void {
    this.#score = Math.max(0, this.#score - 1);
  }
}
