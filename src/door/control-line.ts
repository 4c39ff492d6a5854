/**
 * The first line of a command, from its bytes: `PUB greet.joe 5`. Verbs in any case, arguments between any blanks, as nats-server has it;
 * which mistake is answered by which text, and which by a closed socket alone, was read off nats-server 2.9 (agreement.test.ts).
 */
import { wordOf } from './known-words.ts';
import { type NatsCommand, type NatsLimits, PAYLOAD_EXCEEDED, UNKNOWN_OPERATION } from './nats-commands.ts';

/** A command that is whole, one whose payload follows, or a line that NATS passes over. */
export type ControlLine =
  | { readonly type: 'command'; readonly command: NatsCommand }
  | {
      readonly type: 'payload';
      readonly subject: string;
      readonly reply: string | undefined;
      /** Undefined for a PUB. */
      readonly headerBytes: number | undefined;
      /** Headers included. */
      readonly totalBytes: number;
    }
  | { readonly type: 'nothing' };

type VerbName = 'CONNECT' | 'PUB' | 'HPUB' | 'SUB' | 'UNSUB' | 'PING' | 'PONG' | 'INFO' | '+OK' | '-ERR';

export interface Verb {
  readonly name: VerbName;
  readonly bytes: Uint8Array;
  /** A blank must follow it. */
  readonly hasArguments: boolean;
}

const VERBS: readonly Verb[] = (
  [
    ['PUB', true],
    ['HPUB', true],
    ['SUB', true],
    ['UNSUB', true],
    ['PING', false],
    ['PONG', false],
    ['CONNECT', true],
    ['INFO', true],
    ['+OK', false],
    ['-ERR', true],
  ] as const
).map(([name, hasArguments]) => ({ name, bytes: new TextEncoder().encode(name), hasArguments }));

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
/** Digits that nats-server reads in a size: more are no number to it. */
const MAX_SIZE_DIGITS = 9;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const NOTHING: ControlLine = { type: 'nothing' };

/**
 * The verb that a line begins with. 'partial': not to be told yet, for the line goes on behind `end`; undefined: none, whatever follows.
 */
export function verbOf(line: Uint8Array, start: number, end: number): Verb | 'partial' | undefined {
  let isPartial = false;
  for (const verb of VERBS) {
    const { bytes } = verb;
    const length = Math.min(bytes.length, end - start);
    let index = 0;
    while (index < length && upper(line[start + index] ?? 0) === bytes[index]) index++;
    if (index === bytes.length) {
      if (!verb.hasArguments) return verb;
      const next = line[start + index];
      if (start + index >= end) isPartial = true;
      else if (next === SPACE || next === TAB) return verb;
    } else if (start + index >= end) isPartial = true;
  }
  return isPartial ? 'partial' : undefined;
}

/** @param end where the line's `\n` stands, or would */
export function readControlLine(
  line: Uint8Array,
  start: number,
  end: number,
  verb: Verb,
  limits: NatsLimits,
): ControlLine {
  const from = start + verb.bytes.length;
  switch (verb.name) {
    case 'PING':
      return { type: 'command', command: { type: 'ping' } };
    case 'PONG':
      return { type: 'command', command: { type: 'pong' } };
    case 'INFO':
    case '+OK':
      return NOTHING;
    case '-ERR':
      return refused(undefined, false);
    case 'CONNECT': {
      const json = utf8.decode(line.subarray(from, end)).trim();
      return { type: 'command', command: { type: 'connect', json } };
    }
    case 'SUB':
      return readSub(splitArguments(line, from, end));
    case 'UNSUB':
      return readUnsub(splitArguments(line, from, end));
    case 'PUB':
    case 'HPUB':
      return readPub(splitArguments(line, from, end), verb.name === 'HPUB', limits);
  }
}

function readPub(
  words: readonly string[],
  hasHeaders: boolean,
  { maxPayloadBytes }: NatsLimits,
): ControlLine {
  const sizes = hasHeaders ? 2 : 1;
  if (words.length < sizes + 1 || words.length > sizes + 2) return refused(undefined, false);
  const [subject = ''] = words;
  const totalBytes = sizeOf(words.at(-1) ?? '');
  const headerBytes = hasHeaders ? sizeOf(words.at(-2) ?? '') : undefined;
  if (totalBytes === undefined || (hasHeaders && headerBytes === undefined)) return refused(undefined, false);
  if (headerBytes !== undefined && headerBytes > totalBytes) return refused(undefined, false);
  if (totalBytes > maxPayloadBytes) return refused(PAYLOAD_EXCEEDED, false);
  const reply = words.length === sizes + 2 ? words[1] : undefined;
  return { type: 'payload', subject, reply, headerBytes, totalBytes };
}

function readSub(words: readonly string[]): ControlLine {
  const [subject, second, third] = words;
  if (subject === undefined || second === undefined || words.length > 3) return refused(undefined, false);
  const [queue, sid] = third === undefined ? [undefined, second] : [second, third];
  return { type: 'command', command: { type: 'sub', subject, queue, sid } };
}

function readUnsub(words: readonly string[]): ControlLine {
  const [sid, max] = words;
  if (sid === undefined || words.length > 2) return refused(undefined, false);
  // What is no number, and 0, is "now", as in nats-server.
  const count = max === undefined ? undefined : sizeOf(max);
  return { type: 'command', command: { type: 'unsub', sid, max: count === 0 ? undefined : count } };
}

export function refused(text: string | undefined, isOfConnect: boolean): ControlLine {
  return { type: 'command', command: { type: 'error', text, isOfConnect } };
}

/** For a line that begins with no verb. */
export function unknownOperation(line: Uint8Array, start: number): ControlLine {
  return refused(UNKNOWN_OPERATION, upper(line[start] ?? 0) === 0x43);
}

function splitArguments(line: Uint8Array, from: number, end: number): readonly string[] {
  const words: string[] = [];
  let start = -1;
  for (let index = from; index <= end; index++) {
    const byte = index === end ? LF : line[index];
    if (byte === SPACE || byte === TAB || byte === CR || byte === LF) {
      if (start >= 0) {
        words.push(wordOf(line, start, index));
        start = -1;
      }
    } else if (start < 0) start = index;
  }
  return words;
}

function sizeOf(text: string): number | undefined {
  return text.length <= MAX_SIZE_DIGITS && /^\d+$/.test(text) ? Number(text) : undefined;
}

function upper(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}
