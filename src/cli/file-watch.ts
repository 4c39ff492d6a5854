/**
 * Whether files have changed since a scene was read from them. Looked at now and then instead of by `fs.watch`: that sees nothing on network
 * disks, and loses a file that is replaced by another of its name, which is how many programs save.
 */
import { statSync } from 'node:fs';

/** How a file was when it was looked at; of one that is not there: empty. */
export type StampOf = (path: string) => string;

export class FileWatch {
  readonly #stampOf: StampOf;
  /** As they were read. */
  #read = new Map<string, string>();
  /** As they were when last looked at, where that is another state. */
  #seen: string | undefined;

  constructor(stampOf: StampOf = fileStamp) {
    this.#stampOf = stampOf;
  }

  get size(): number {
    return this.#read.size;
  }

  /** Before it is read, or looked for in vain: it may appear. */
  note(path: string): void {
    if (!this.#read.has(path)) this.#read.set(path, this.#stampOf(path));
  }

  /**
   * `changing` until two looks in a row see the same: half a file is no scene. Files that are as they were read again have not changed.
   */
  look(): 'same' | 'changing' | 'changed' {
    const now = [...this.#read.keys()].map(this.#stampOf);
    const isSame = [...this.#read.values()].every((stamp, i) => stamp === now[i]);
    const before = this.#seen;
    this.#seen = isSame ? undefined : now.join('\n');
    if (isSame) return 'same';
    return this.#seen === before ? 'changed' : 'changing';
  }

  /** They are read anew. */
  forget(): void {
    this.#read = new Map();
    this.#seen = undefined;
  }
}

function fileStamp(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return '';
  }
}
