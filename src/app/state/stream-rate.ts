/** How much comes, as a mean over the last seconds: a rate that can be read while it changes. */
export interface Rate {
  readonly messages: number;
  readonly bytes: number;
}

const SLOT_MS = 500;
const WINDOW_MS = 5_000;
/** The mean of the first moments is that of a second: one message is no rate of thousands. */
const LEAST_MS = 1_000;

export class StreamRate {
  #slots: { readonly at: number; messages: number; bytes: number }[] = [];
  #sinceMs: number | undefined;

  add(nowMs: number, messages: number, bytes: number): void {
    const at = Math.floor(nowMs / SLOT_MS);
    this.#sinceMs ??= nowMs;
    this.#forget(nowMs);
    const last = this.#slots.at(-1);
    if (last?.at === at) {
      last.messages += messages;
      last.bytes += bytes;
    } else {
      this.#slots.push({ at, messages, bytes });
    }
  }

  /** A second. */
  at(nowMs: number): Rate {
    this.#forget(nowMs);
    if (this.#slots.length === 0) {
      this.#sinceMs = undefined;
      return { messages: 0, bytes: 0 };
    }
    const fromMs = Math.max(this.#sinceMs ?? nowMs, (oldestSlot(nowMs) + 1) * SLOT_MS);
    const seconds = Math.max(LEAST_MS, nowMs - fromMs) / 1000;
    const sum = (key: keyof Rate): number => this.#slots.reduce((total, slot) => total + slot[key], 0);
    return { messages: sum('messages') / seconds, bytes: sum('bytes') / seconds };
  }

  #forget(nowMs: number): void {
    const oldest = oldestSlot(nowMs);
    this.#slots = this.#slots.filter(({ at }) => at > oldest);
  }
}

/** The newest that is out of the window. */
function oldestSlot(nowMs: number): number {
  return Math.floor((nowMs - WINDOW_MS) / SLOT_MS);
}
