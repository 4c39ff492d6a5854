/**
 * What became of one message on one Node: how many subscriptions took it, how many had no room, and when that is known. A subscription
 * that asked for backpressure holds the receipt open until it has been read.
 */
export class Receipt {
  /** That took it. */
  subscriptions = 0;
  /** That had no room for it. */
  dropped = 0;
  #holds = 1;
  readonly #settled: (receipt: Receipt) => void;

  /** @param settled called once, when nobody holds it any more */
  constructor(settled: (receipt: Receipt) => void) {
    this.#settled = settled;
  }

  hold(): void {
    this.#holds++;
  }

  /** Once for each `hold`, and once for whoever made it. */
  release(): void {
    if (--this.#holds === 0) this.#settled(this);
  }
}
