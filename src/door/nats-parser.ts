/**
 * NATS' client protocol from the chunks in which a socket brings it: any number of commands in one, any command over several. A payload
 * that came in one chunk is a view of it; one that came in several is gathered in a room that grows with what has come, so that a length
 * that lies costs us no more than its sender. Commands are pulled one by one: who stops pulling has not been given what follows.
 */
import { concatBytes } from '../runtime/index.ts';
import {
  type ControlLine,
  readControlLine,
  refused,
  unknownOperation,
  type Verb,
  verbOf,
} from './control-line.ts';
import {
  CONTROL_LINE_EXCEEDED,
  type NatsCommand,
  type NatsLimits,
  UNKNOWN_OPERATION,
} from './nats-commands.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const EMPTY = new Uint8Array(0);
/** Behind every payload. */
const END_BYTES = 2;

type Awaited = Extract<ControlLine, { type: 'payload' }>;

export class NatsParser {
  #limits: NatsLimits;
  readonly #chunks: Uint8Array[] = [];
  /** Of the chunk that is read now. */
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  /** The beginning of a line whose end has not come. */
  #line: Uint8Array = EMPTY;
  #awaited: Awaited | undefined;
  /** What has come of a payload over several chunks, in the first `#gatheredBytes` of a room that grows with it. */
  #gathered: Uint8Array = EMPTY;
  #gatheredBytes = 0;
  #hasFailed = false;

  constructor(limits: NatsLimits) {
    this.#limits = limits;
  }

  /** For the commands that are pulled from now on. */
  set limits(limits: NatsLimits) {
    this.#limits = limits;
  }

  /** The parser keeps `chunk`, and so do the payloads that are views of it: it must not be written to any more. */
  push(chunk: Uint8Array): void {
    if (this.#hasFailed) return;
    this.#chunks.push(chunk);
  }

  /** The next command that is whole; after an `error` there is none. */
  next(): NatsCommand | undefined {
    while (!this.#hasFailed && this.#fill()) {
      const command = this.#awaited ? this.#readPayload(this.#awaited) : this.#readLine();
      if (command?.type === 'error') this.#fail();
      if (command) return command;
    }
    return undefined;
  }

  /** Whether a byte is there to read. */
  #fill(): boolean {
    while (this.#at >= this.#chunk.length) {
      const chunk = this.#chunks.shift();
      this.#chunk = chunk ?? EMPTY;
      this.#at = 0;
      if (!chunk) return false;
    }
    return true;
  }

  #readLine(): NatsCommand | undefined {
    const end = this.#chunk.indexOf(LF, this.#at);
    if (end < 0) return this.#keepLine();
    if (this.#line.length === 0) {
      const start = this.#at;
      this.#at = end + 1;
      return this.#take(this.#chunk, start, end);
    }
    const line = concatBytes(this.#line, this.#chunk.subarray(this.#at, end));
    this.#line = EMPTY;
    this.#at = end + 1;
    return this.#take(line, 0, line.length);
  }

  /** The end of this line is in another chunk: what cannot become a command is refused now. */
  #keepLine(): NatsCommand | undefined {
    this.#line = concatBytes(this.#line, this.#chunk.subarray(this.#at));
    this.#at = this.#chunk.length;
    const verb = verbOf(this.#line, 0, this.#line.length);
    if (verb === undefined) return commandOf(unknownOperation(this.#line, 0));
    if (verb === 'partial') return undefined;
    if (this.#isTooLong(this.#line, 0, this.#line.length, verb))
      return commandOf(refused(CONTROL_LINE_EXCEEDED, false));
    // Blanks behind a verb count for nothing: however many come, one is enough.
    const behind = verb.bytes.length + 1;
    const first = Math.max(behind, firstArgument(this.#line, 0, verb));
    this.#line = concatBytes(this.#line.subarray(0, behind), this.#line.subarray(first));
    return undefined;
  }

  #take(line: Uint8Array, start: number, end: number): NatsCommand | undefined {
    const verb = verbOf(line, start, end);
    if (verb === undefined || verb === 'partial') return commandOf(unknownOperation(line, start));
    if (this.#isTooLong(line, start, end, verb)) return commandOf(refused(CONTROL_LINE_EXCEEDED, false));
    const read = readControlLine(line, start, end, verb, this.#limits);
    if (read.type === 'payload') this.#awaited = read;
    return read.type === 'command' ? read.command : undefined;
  }

  #isTooLong(line: Uint8Array, start: number, end: number, verb: Verb): boolean {
    const last = line[end - 1] === CR ? end - 1 : end;
    return last - firstArgument(line, start, verb) > this.#limits.maxControlLineBytes;
  }

  #readPayload(awaited: Awaited): NatsCommand | undefined {
    const { totalBytes, headerBytes, subject, reply } = awaited;
    const wanted = totalBytes + END_BYTES - this.#gatheredBytes;
    const there = Math.min(wanted, this.#chunk.length - this.#at);
    let bytes = this.#chunk.subarray(this.#at, this.#at + there);
    this.#at += there;
    if (there < wanted || this.#gatheredBytes > 0) {
      this.#gather(bytes, totalBytes + END_BYTES);
      bytes = this.#gathered.subarray(0, this.#gatheredBytes);
    }
    // Also while the last byte is missing: a sender that said too little waits for an answer.
    if (bytes.length > totalBytes && bytes[totalBytes] !== CR) return refusal();
    if (there < wanted) return undefined;
    if (bytes[totalBytes + 1] !== LF) return refusal();
    this.#forgetPayload();
    return {
      type: 'pub',
      subject,
      reply,
      headers: headerBytes === undefined ? undefined : bytes.subarray(0, headerBytes),
      payload: bytes.subarray(headerBytes ?? 0, totalBytes),
    };
  }

  #gather(part: Uint8Array, mostBytes: number): void {
    const needed = this.#gatheredBytes + part.length;
    if (needed > this.#gathered.length) {
      const room = new Uint8Array(Math.min(mostBytes, 2 * needed));
      room.set(this.#gathered.subarray(0, this.#gatheredBytes));
      this.#gathered = room;
    }
    this.#gathered.set(part, this.#gatheredBytes);
    this.#gatheredBytes = needed;
  }

  #forgetPayload(): void {
    this.#awaited = undefined;
    this.#gathered = EMPTY;
    this.#gatheredBytes = 0;
  }

  #fail(): void {
    this.#hasFailed = true;
    this.#chunks.length = 0;
    this.#chunk = EMPTY;
    this.#line = EMPTY;
    this.#forgetPayload();
  }
}

/** Where it stands, or would. */
function firstArgument(line: Uint8Array, start: number, { bytes }: Verb): number {
  let first = start + bytes.length;
  while (line[first] === SPACE || line[first] === TAB) first++;
  return first;
}

function refusal(): NatsCommand {
  return { type: 'error', text: UNKNOWN_OPERATION, isOfConnect: false };
}

function commandOf(line: ControlLine): NatsCommand | undefined {
  return line.type === 'command' ? line.command : undefined;
}
