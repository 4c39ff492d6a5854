/**
 * Reading JSON that a stranger wrote: each function takes an unknown value and the part of the file it stands in, and
 * gives back the type or throws a SceneError that names the part. Nothing is coerced.
 */
import { SceneError, type SceneErrorCode } from './errors.ts';
import { MAX_LIST_LENGTH, MAX_NAME_LENGTH } from './limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What stands in for an object that a file should have and has not. */
export const EMPTY: JsonObject = {};

/** Reads values for one kind of file; `code` is the SceneErrorCode of a value that breaks the rules. */
export class CheckedJson {
  readonly #code: SceneErrorCode;

  constructor(code: SceneErrorCode) {
    this.#code = code;
  }

  fail(part: string, reason: string): SceneError {
    return new SceneError(this.#code, part, reason);
  }

  object(value: unknown, part: string): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.fail(part, 'should be an object');
    }
    return value as JsonObject;
  }

  optionalObject(value: unknown, part: string): JsonObject {
    return value === undefined ? {} : this.object(value, part);
  }

  /** An absent list is empty. */
  list(value: unknown, part: string): readonly unknown[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.fail(part, 'should be a list');
    if (value.length > MAX_LIST_LENGTH) throw this.fail(part, `has ${value.length} entries, too many`);
    return value;
  }

  /** An integer in 0..limit. */
  count(value: unknown, part: string, limit = 2 ** 32): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > limit) {
      throw this.fail(part, `should be a whole number from 0 to ${limit}, ${is(value)}`);
    }
    return value;
  }

  /** A number that names an entry of a list with `length` entries. */
  index(value: unknown, length: number, part: string): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= length) {
      const reason = value === undefined ? 'is missing' : `names entry ${show(value)} of a list of ${length}`;
      throw this.fail(part, reason);
    }
    return value;
  }

  optionalIndex(value: unknown, length: number, part: string): number | undefined {
    return value === undefined ? undefined : this.index(value, length, part);
  }

  /** Negative zero becomes zero: JSON does not keep it. */
  number(value: unknown, part: string): number {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw this.fail(part, `should be a finite number, ${is(value)}`);
    }
    return value + 0;
  }

  optionalNumber(value: unknown, otherwise: number, part: string): number {
    return value === undefined ? otherwise : this.number(value, part);
  }

  /** A number in [min, max]. */
  numberWithin(value: unknown, min: number, max: number, part: string): number {
    const number = this.number(value, part);
    if (number < min || number > max) throw this.fail(part, `should be from ${min} to ${max}, is ${number}`);
    return number;
  }

  /** Exactly `length` finite numbers. */
  numbers(value: unknown, length: number, part: string): readonly number[] {
    if (!Array.isArray(value) || value.length !== length) {
      throw this.fail(part, `should be a list of ${length} numbers`);
    }
    return value.map((entry, i) => this.number(entry, `${part}[${i}]`));
  }

  /** Exactly `length` numbers in [min, max]. */
  numbersWithin(value: unknown, length: number, min: number, max: number, part: string): readonly number[] {
    return this.numbers(value, length, part).map((entry, i) =>
      this.numberWithin(entry, min, max, `${part}[${i}]`),
    );
  }

  /** A number in [min, max], or Infinity. JSON has none: what writes it as null is read back. */
  distance(value: unknown, min: number, max: number, part: string): number {
    const isEndless = value === null || value === Number.POSITIVE_INFINITY;
    return isEndless ? Number.POSITIVE_INFINITY : this.numberWithin(value, min, max, part);
  }

  boolean(value: unknown, otherwise: boolean, part: string): boolean {
    if (value === undefined) return otherwise;
    if (typeof value !== 'boolean') throw this.fail(part, `should be true or false, ${is(value)}`);
    return value;
  }

  text(value: unknown, part: string): string {
    if (typeof value !== 'string') throw this.fail(part, `should be a text, ${is(value)}`);
    return value;
  }

  /** A name to show: absent or not a text is `otherwise`, too long is cut. */
  name(value: unknown, otherwise: string): string {
    return typeof value === 'string' && value !== '' ? value.slice(0, MAX_NAME_LENGTH) : otherwise;
  }

  oneOf<const T extends string | number>(value: unknown, choices: readonly T[], part: string): T {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.fail(part, `should be one of ${choices.join(', ')}, ${is(value)}`);
    return found;
  }
}

/** What is there instead. */
function is(value: unknown): string {
  return value === undefined ? 'is missing' : `is ${show(value)}`;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
