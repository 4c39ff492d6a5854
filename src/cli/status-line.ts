/** The last line of a terminal, drawn again in place, with what is to stay above it. */

export interface TerminalOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Back to the start of the line, and nothing on it. */
const ERASE = '\r\x1b[K';
const DEFAULT_COLUMNS = 80;

export class StatusLine {
  readonly #out: TerminalOutput;
  #shown = '';

  constructor(out: TerminalOutput) {
    this.#out = out;
  }

  /** Of a log or a pipe there is no last line. */
  get isPossible(): boolean {
    return this.#out.isTTY === true;
  }

  /** In place of what it said before; cut where the terminal ends. */
  show(text: string): void {
    if (!this.isPossible) return;
    // The last column stays free: some terminals begin a new line there.
    this.#shown = text.slice(0, (this.#out.columns || DEFAULT_COLUMNS) - 1);
    this.#out.write(`${ERASE}${this.#shown}`);
  }

  /** A line that stays, above it. */
  print(line: string): void {
    const shown = this.#shown;
    this.clear();
    this.#out.write(`${line}\n`);
    if (shown) this.show(shown);
  }

  /** Takes it away. */
  clear(): void {
    if (this.#shown) this.#out.write(ERASE);
    this.#shown = '';
  }
}
