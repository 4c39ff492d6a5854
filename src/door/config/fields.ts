/** Options of one map of a configuration file, read by name and type; what nobody asked for is named at the end. */
import { ConfigError, type ConfigMap, type ConfigValue } from './syntax.ts';

const DURATIONS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** What becomes of options that NATS has and a door has not. */
export interface NotOffered {
  /** It works without: noted, and passed over. */
  readonly harmless: ReadonlySet<string>;
  /** Clients would rely on it: refused, with what to do instead. */
  readonly refused: ReadonlyMap<string, string>;
}

export class ConfigFields {
  readonly map: ConfigMap;
  readonly #read = new Set<string>();

  constructor(map: ConfigMap) {
    this.map = map;
  }

  /** The first that is there of several names for the same. */
  value(...names: readonly string[]): ConfigValue | undefined {
    let found: ConfigValue | undefined;
    for (const [key, value] of this.map.entries) {
      if (!names.includes(key.toLowerCase())) continue;
      this.#read.add(key);
      found ??= value;
    }
    return found;
  }

  text(...names: readonly string[]): string | undefined {
    const value = this.value(...names);
    return value && textOf(value, names[0] ?? '');
  }

  boolean(...names: readonly string[]): boolean | undefined {
    const value = this.value(...names);
    if (!value) return undefined;
    if (value.kind !== 'boolean') throw new ConfigError(value.line, `${names[0]} is true or false`);
    return value.isTrue;
  }

  /** A whole number from `least` up. */
  count(least: number, most: number, ...names: readonly string[]): number | undefined {
    const value = this.value(...names);
    if (!value) return undefined;
    if (value.kind === 'number' && Number.isInteger(value.number)) {
      if (value.number >= least && value.number <= most) return value.number;
    }
    throw new ConfigError(value.line, `${names[0]} is a whole number from ${least} to ${most}`);
  }

  /** Milliseconds, from "2s", "1m30s", or a number of seconds. */
  duration(...names: readonly string[]): number | undefined {
    const value = this.value(...names);
    if (!value) return undefined;
    if (value.kind === 'number' && value.number > 0) return 1000 * value.number;
    const ms = value.kind === 'text' ? millisecondsOf(value.text) : undefined;
    if (ms === undefined) throw new ConfigError(value.line, `${names[0]} is a duration like "2s" or "1m30s"`);
    return ms;
  }

  fields(...names: readonly string[]): ConfigFields | undefined {
    const value = this.value(...names);
    return value && fieldsOf(value, names[0] ?? '');
  }

  list(...names: readonly string[]): readonly ConfigValue[] | undefined {
    const value = this.value(...names);
    if (!value) return undefined;
    if (value.kind !== 'array') throw new ConfigError(value.line, `${names[0]} is a list in [ ]`);
    return value.items;
  }

  /** @returns a note for each option that is passed over @throws ConfigError at one that is unknown or refused */
  end({ harmless, refused }: NotOffered, where = ''): readonly string[] {
    const notes: string[] = [];
    for (const [key, { line }] of this.map.entries) {
      if (this.#read.has(key) || this.map.variables.has(key)) continue;
      const name = key.toLowerCase();
      const instead = refused.get(name);
      if (instead !== undefined) throw new ConfigError(line, `${where}${key} is not offered: ${instead}`);
      if (!harmless.has(name)) throw new ConfigError(line, `there is no option "${where}${key}"`);
      notes.push(`line ${line}: ${where}${key} has no effect on a door`);
    }
    return notes;
  }
}

export function textOf(value: ConfigValue, name: string): string {
  if (value.kind === 'text') return value.text;
  // A password may well look like a number.
  if (value.kind === 'number') return String(value.number);
  throw new ConfigError(value.line, `${name} is a text`);
}

export function fieldsOf(value: ConfigValue, name: string): ConfigFields {
  if (value.kind !== 'map') throw new ConfigError(value.line, `${name} is a map in { }`);
  return new ConfigFields(value);
}

function millisecondsOf(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return undefined;
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (DURATIONS[unit] ?? 0), 0);
}
