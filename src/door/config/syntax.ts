/**
 * NATS' configuration syntax (docs.nats.io, "Configuration"): maps of `key: value`, `key = value` or `key value`, arrays, strings with and
 * without quotes, sizes such as `1MB`, comments from `#` or `//`, variables `$NAME` and `include "file"`. Values keep their line, so that what
 * is wrong is found.
 */
import { LeafcutterError } from '../../runtime/index.ts';

export type ConfigValue =
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'number'; readonly number: number; readonly line: number }
  | { readonly kind: 'boolean'; readonly isTrue: boolean; readonly line: number }
  | { readonly kind: 'array'; readonly items: readonly ConfigValue[]; readonly line: number }
  | ConfigMap;

export interface ConfigMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ConfigValue>;
  /** Keys that were used as variables: they need be no options. */
  readonly variables: ReadonlySet<string>;
  readonly line: number;
}

export class ConfigError extends LeafcutterError {
  constructor(line: number, problem: string) {
    super('bad-config', `line ${line}: ${problem}`);
  }
}

export interface ConfigSources {
  /** An included file. @param from the file that includes it, as it was called here; '' for the first */
  read(path: string, from: string): IncludedFile;
  /** A variable that the file does not define: the environment's. */
  variable(name: string): string | undefined;
}

export interface IncludedFile {
  /** Where it lies: what it includes itself is found from there. */
  readonly path: string;
  readonly text: string;
}

/** @throws ConfigError */
export function parseConfig(text: string, sources: ConfigSources): ConfigMap {
  return new ConfigParser({ path: '', text }, sources, []).wholeFile();
}

const MAX_INCLUDES = 16;
const MAX_DEPTH = 64;
const SIZES: Readonly<Record<string, number>> = {
  k: 1000,
  kb: 1024,
  ki: 1024,
  kib: 1024,
  m: 1000 ** 2,
  mb: 1024 ** 2,
  mi: 1024 ** 2,
  mib: 1024 ** 2,
  g: 1000 ** 3,
  gb: 1024 ** 3,
  gi: 1024 ** 3,
  gib: 1024 ** 3,
};

interface Open {
  readonly entries: Map<string, ConfigValue>;
  readonly variables: Set<string>;
}

class ConfigParser {
  readonly #path: string;
  readonly #text: string;
  readonly #sources: ConfigSources;
  #at = 0;
  #line = 1;
  /** Innermost last: where variables are looked for. */
  readonly #scope: Open[];
  readonly #depth: number;
  #includes = 0;
  /** Lists that are open. */
  #lists = 0;

  constructor({ path, text }: IncludedFile, sources: ConfigSources, scope: readonly Open[], depth = 0) {
    this.#path = path;
    this.#text = text;
    this.#sources = sources;
    this.#scope = [...scope];
    this.#depth = depth;
  }

  wholeFile(): ConfigMap {
    this.#skip();
    // A file may be one map in braces.
    const isBraced = this.#peek() === '{';
    if (isBraced) this.#at++;
    const map = this.#map(isBraced ? '}' : undefined);
    this.#skip();
    if (this.#at < this.#text.length) throw this.#error(`nothing is expected after the last "}"`);
    return map;
  }

  #map(end: '}' | undefined): ConfigMap {
    if (this.#scope.length >= MAX_DEPTH) throw this.#error('this is too deep');
    const line = this.#line;
    const entries = new Map<string, ConfigValue>();
    const variables = new Set<string>();
    this.#scope.push({ entries, variables });
    for (;;) {
      this.#skip();
      const char = this.#peek();
      if (char === end) break;
      if (char === undefined) throw this.#error(`a "{" of line ${line} is not closed`);
      const key = this.#key();
      if (key === 'include') this.#include(entries);
      else entries.set(key, this.#valueOf(key));
    }
    if (end !== undefined) this.#at++;
    this.#scope.pop();
    return { kind: 'map', entries, variables, line };
  }

  #key(): string {
    const char = this.#peek() ?? '';
    if (char === '"' || char === "'") return this.#quoted(char);
    const key = this.#while(/[^\s:={}[\],;#"'()]/);
    if (key === '') throw this.#error(`"${char}" is no name of an option`);
    return key;
  }

  #valueOf(key: string): ConfigValue {
    this.#skipBlanks();
    if (this.#peek() === ':' || this.#peek() === '=') this.#at++;
    this.#skip();
    const value = this.#value(key);
    this.#skipBlanks();
    return value;
  }

  #value(of: string): ConfigValue {
    const line = this.#line;
    const char = this.#peek();
    switch (char) {
      case undefined:
        throw this.#error(`"${of}" has no value`);
      case '{':
        this.#at++;
        return this.#map('}');
      case '[':
        this.#at++;
        return this.#array(of, line);
      case '"':
      case "'":
        return { kind: 'text', text: this.#quoted(char), line };
      case '(':
        return { kind: 'text', text: this.#block(), line };
      default:
        return this.#bare(of, line);
    }
  }

  #array(of: string, line: number): ConfigValue {
    if (++this.#lists > MAX_DEPTH) throw this.#error('this is too deep');
    const items: ConfigValue[] = [];
    for (;;) {
      this.#skip();
      const char = this.#peek();
      if (char === undefined) throw this.#error(`a "[" of line ${line} is not closed`);
      if (char === ']') break;
      items.push(this.#value(of));
    }
    this.#at++;
    this.#lists--;
    return { kind: 'array', items, line };
  }

  #bare(of: string, line: number): ConfigValue {
    // To the end of the line or of what encloses it; blanks within, as in `q.* grp`, want quotes.
    const text = this.#while(/[^\s,;{}[\]#]/);
    if (text === '') throw this.#error(`"${of}" has no value`);
    if (text.startsWith('$')) return this.#variable(text.slice(1), line);
    if (/^(true|yes|on)$/i.test(text)) return { kind: 'boolean', isTrue: true, line };
    if (/^(false|no|off)$/i.test(text)) return { kind: 'boolean', isTrue: false, line };
    return numberOf(text, line) ?? { kind: 'text', text, line };
  }

  #variable(name: string, line: number): ConfigValue {
    for (const { entries, variables } of [...this.#scope].reverse()) {
      const value = entries.get(name);
      if (!value) continue;
      variables.add(name);
      return value;
    }
    const text = this.#sources.variable(name);
    if (text === undefined) throw new ConfigError(line, `variable $${name} is set nowhere`);
    if (this.#depth >= MAX_INCLUDES) throw new ConfigError(line, `variable $${name} is made of itself`);
    return (
      new ConfigParser({ path: '', text: `value: ${text}` }, this.#sources, [], this.#depth + 1)
        .wholeFile()
        .entries.get('value') ?? textOf('', line)
    );
  }

  #include(entries: Map<string, ConfigValue>): void {
    const value = this.#valueOf('include');
    if (value.kind !== 'text') throw new ConfigError(value.line, 'include wants the name of a file');
    if (this.#depth >= MAX_INCLUDES || ++this.#includes > MAX_INCLUDES) {
      throw new ConfigError(value.line, 'too many files are included');
    }
    const file = this.#sources.read(value.text, this.#path);
    const included = new ConfigParser(file, this.#sources, this.#scope, this.#depth + 1).wholeFile();
    for (const [key, one] of included.entries) entries.set(key, one);
  }

  #quoted(quote: string): string {
    const line = this.#line;
    let text = '';
    for (this.#at++; ; this.#at++) {
      const char = this.#peek();
      if (char === undefined || char === '\n') throw new ConfigError(line, `a ${quote} is not closed`);
      if (char === quote) break;
      if (char === '\\' && quote === '"') {
        this.#at++;
        text += ESCAPES[this.#peek() ?? ''] ?? this.#peek() ?? '';
      } else text += char;
    }
    this.#at++;
    return text;
  }

  #block(): string {
    const end = this.#text.indexOf(')', this.#at);
    if (end < 0) throw this.#error('a "(" is not closed');
    const text = this.#text.slice(this.#at + 1, end);
    this.#line += text.split('\n').length - 1;
    this.#at = end + 1;
    return text.trim();
  }

  #while(allowed: RegExp): string {
    const start = this.#at;
    while (this.#at < this.#text.length && allowed.test(this.#peek() ?? '')) {
      // A comment may follow without a blank, and an address may have slashes in it.
      if (this.#text.startsWith('//', this.#at) && this.#text[this.#at - 1] !== ':') break;
      this.#at++;
    }
    return this.#text.slice(start, this.#at);
  }

  #skipBlanks(): void {
    while (this.#peek() === ' ' || this.#peek() === '\t') this.#at++;
  }

  /** Blanks, line ends, what separates values, comments. */
  #skip(): void {
    for (;;) {
      const char = this.#peek();
      if (char === undefined) return;
      if (char === '#' || this.#text.startsWith('//', this.#at)) {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (/[\s,;]/.test(char)) {
        if (char === '\n') this.#line++;
        this.#at++;
      } else return;
    }
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #error(problem: string): ConfigError {
    return new ConfigError(this.#line, problem);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

function textOf(text: string, line: number): ConfigValue {
  return { kind: 'text', text, line };
}

function numberOf(text: string, line: number): ConfigValue | undefined {
  const [, digits = '', unit = ''] = /^(-?\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const factor = unit === '' ? 1 : SIZES[unit.toLowerCase()];
  return digits === '' || factor === undefined
    ? undefined
    : { kind: 'number', number: Number(digits) * factor, line };
}
