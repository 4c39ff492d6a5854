/**
 * Headers of a message as NATS has them (NATS/1.0: ADR-4 of nats-architecture-and-design): names are case-sensitive, a name may have several
 * values, and a status stands on the first line.
 */
import { HeaderError } from './errors.ts';

const FIRST_LINE = 'NATS/1.0';
const LINE_END = '\r\n';
/** Visible ASCII without the colon. */
const NAME = /^[!-9;-~]+$/;
const LINE_BREAK = /[\r\n]/;
/** As a plain object, for who has one value for each name. */
export type HeaderInit = MsgHeaders | Readonly<Record<string, string | readonly string[]>>;

/** Headers of a message, as NATS has them: names to lists of values, and a status. */
export class MsgHeaders implements Iterable<[string, readonly string[]]> {
  /** As a number; 0 without a status. 503: nobody serves the subject. */
  readonly code: number;
  readonly description: string;
  readonly #values = new Map<string, string[]>();

  constructor(init: HeaderInit = {}, code = 0, description = '') {
    this.code = code;
    this.description = description;
    const entries = init instanceof MsgHeaders ? init : Object.entries(init);
    for (const [name, values] of entries) for (const value of [values].flat()) this.append(name, value);
  }

  get size(): number {
    return this.#values.size;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The first value; '' when there is none. */
  get(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** In place of what was there. @throws HeaderError `bad-header` */
  set(name: string, value: string): void {
    this.#values.delete(name);
    this.append(name, value);
  }

  /** Beside what is there. @throws HeaderError `bad-header` */
  append(name: string, value: string): void {
    if (!NAME.test(name))
      throw new HeaderError('bad-header', `"${name}" cannot name a header: visible ASCII, and no colon`);
    if (typeof value !== 'string')
      throw new HeaderError(
        'bad-header',
        `the header "${name}" has a value that is no text: ${String(value)}`,
      );
    if (LINE_BREAK.test(value))
      throw new HeaderError('bad-header', `the header "${name}" has a line break in its value`);
    const values = this.#values.get(name);
    if (values) values.push(value.trim());
    else this.#values.set(name, [value.trim()]);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  [Symbol.iterator](): Iterator<[string, readonly string[]]> {
    return this.#values.entries();
  }

  /** As they travel. */
  encode(): Uint8Array {
    const status = this.code > 0 ? ` ${this.code}${this.description && ` ${this.description}`}` : '';
    const lines = [...this.#values].flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
    return new TextEncoder().encode([FIRST_LINE + status, ...lines, '', ''].join(LINE_END));
  }

  /** For a message; undefined of none: it need not carry a block of no headers, which would count to what it weighs. */
  static encoded(init?: HeaderInit): Uint8Array | undefined {
    if (init === undefined) return undefined;
    const headers = new MsgHeaders(init);
    return headers.size === 0 ? undefined : headers.encode();
  }

  /** What cannot be read is left out: it came from others. Undefined for what are no headers at all. */
  static decode(bytes: Uint8Array): MsgHeaders | undefined {
    const [first = '', ...lines] = new TextDecoder().decode(bytes).split(LINE_END);
    if (!first.startsWith(FIRST_LINE)) return undefined;
    const [, status = '', description = ''] =
      /^ (\d{3})(?: (.*))?$/.exec(first.slice(FIRST_LINE.length)) ?? [];
    const headers = new MsgHeaders({}, Number(status), description);
    for (const line of lines) {
      const colon = line.indexOf(':');
      // A line break alone ends no line, and no value has one.
      if (colon > 0 && NAME.test(line.slice(0, colon)) && !LINE_BREAK.test(line))
        headers.append(line.slice(0, colon), line.slice(colon + 1));
    }
    return headers;
  }
}
