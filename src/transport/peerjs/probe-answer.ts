/**
 * What the probe worker does with a health datagram (src/mesh/health/datagram.ts has the bytes, of which this needs three):
 * answers a SYN at once, and says whether the page behind it still takes what it is handed.
 */
const DATAGRAM_BYTES = 17;
const SYN = 0x01;
const ACK = 0x02;
const ACK_WHILE_BUSY = 0x03;

/** A page that leaves a datagram lying for so long stands still. */
const BUSY_AFTER_MS = 1000;
/** What waits for a page that stands still; beyond, datagrams are lost as the network might lose them. */
const MAX_WAITING = 1000;

/** The answer to a SYN; undefined for anything else. */
export function answerTo(datagram: Uint8Array, isPageBusy: boolean): Uint8Array<ArrayBuffer> | undefined {
  if (datagram.length !== DATAGRAM_BYTES || datagram[0] !== SYN) return undefined;
  const answer = new Uint8Array(datagram);
  answer[0] = isPageBusy ? ACK_WHILE_BUSY : ACK;
  return answer;
}

/**
 * Whether the page takes what the worker hands it. Every datagram handed over is a question that the page answers with how
 * many it has taken: where datagrams come once a second, no heartbeat of its own is needed.
 */
export class PageWatch {
  #handed = 0;
  #taken = 0;
  /** Since when the page owes an answer. */
  #owesSince = 0;

  /** Whether this one may be handed to the page; counts it. */
  hand(now: number): boolean {
    if (this.#handed - this.#taken >= MAX_WAITING) return false;
    if (this.#handed === this.#taken) this.#owesSince = now;
    this.#handed++;
    return true;
  }

  /** The page has taken so many in all. */
  onTaken(taken: number, now: number): void {
    this.#taken = taken;
    this.#owesSince = now;
  }

  isBusy(now: number): boolean {
    return this.#handed > this.#taken && now - this.#owesSince > BUSY_AFTER_MS;
  }
}
