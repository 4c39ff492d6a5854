/**
 * What the Messages panel keeps of the stream it listens to: the newest messages, bounded in number and in bytes, filtered, and paused without
 * losing what comes meanwhile. Who floods it costs a fixed amount of memory.
 */
import type { NodeId } from '../../wire/index.ts';
import { FilteredLog, holdsWords, type LogBounds, type LogRow } from './filtered-log.ts';
import { isJson } from './payload-text.ts';

/** A message as it is shown. */
export interface StreamMessage {
  /** Wall clock, ms. */
  readonly atMs: number;
  readonly subject: string;
  readonly from: NodeId;
  /** Where an answer goes; '' when none is wanted. */
  readonly reply: string;
  readonly headers: readonly Header[];
  /** Values that it has beside those. */
  readonly moreHeaders: number;
  readonly data: Uint8Array;
  /** Were lost just before it. */
  readonly lost: number;
  /** Bytes, its headers included. */
  readonly weight: number;
}

export type Header = readonly [name: string, values: readonly string[]];
export type StreamRow = LogRow<StreamMessage>;

/** Beside what it weighs: an object, its place in two lists, its texts. */
const MESSAGE_BYTES = 256;
/** Values of headers that are kept of one message: a megabyte has room for a quarter of a million, which no page can show. */
const MAX_HEADERS = 64;
/** Some minutes of a busy subject; what is longer than a screen is found by filtering. */
const STREAM_BOUNDS: LogBounds<StreamMessage> = {
  rows: 10_000,
  weight: 16 * 1024 * 1024,
  weigh: ({ weight }) => MESSAGE_BYTES + weight,
};
/** Of a payload, for the filter: every message is looked at while it is typed. */
const FILTERED_BYTES = 1_024;
/** Of what is copied: a clipboard is no place for more. */
const COPIED_ROWS = 1_000;

export class MessageStream {
  readonly #log: FilteredLog<StreamMessage>;
  readonly #bounds: LogBounds<StreamMessage>;
  #held: FilteredLog<StreamMessage> | undefined;
  #heldCount = 0;
  #lost = 0;

  constructor(bounds = STREAM_BOUNDS) {
    this.#bounds = bounds;
    this.#log = new FilteredLog(bounds);
  }

  append(messages: readonly StreamMessage[]): void {
    for (const { lost } of messages) this.#lost += lost;
    // Of what is dropped again at once nothing is copied.
    const newest = messages.slice(-this.#bounds.rows).map(owned);
    if (this.#held) this.#heldCount += messages.length;
    (this.#held ?? this.#log).append(newest);
  }

  /** While it is paused nothing that is shown moves; what comes is kept aside, within the same bounds. */
  setPaused(isPaused: boolean): void {
    if (isPaused === (this.#held !== undefined)) return;
    const held = this.#held;
    this.#held = isPaused ? new FilteredLog(this.#bounds) : undefined;
    this.#heldCount = 0;
    if (held) this.#log.append(held.rows().map(({ entry }) => entry));
  }

  setFilter(text: string): void {
    this.#log.setFilter((message) => holdsWords(text, () => wordsOf(message)));
  }

  /** Oldest first. The array changes: read it, do not keep it. */
  rows(): readonly StreamRow[] {
    return this.#log.rows();
  }

  /** See FilteredLog. */
  get droppedRows(): number {
    return this.#log.droppedRows;
  }

  get total(): number {
    return this.#log.total;
  }

  /** Came while it is paused. */
  get heldCount(): number {
    return this.#heldCount;
  }

  /** Were lost on their way here, by what the messages said. */
  get lost(): number {
    return this.#lost;
  }

  clear(): void {
    this.#log.clear();
    if (this.#held) this.#held = new FilteredLog(this.#bounds);
    this.#heldCount = 0;
    this.#lost = 0;
  }

  /** The newest of what is shown, one JSON object a line. */
  toJsonLines(): string {
    return this.rows()
      .slice(-COPIED_ROWS)
      .map(({ entry }) => `${messageJson(entry)}\n`)
      .join('');
  }
}

/** Of the headers of a message those that are kept, and how many values are not. */
export function keptHeaders(all: Iterable<Header>): Pick<StreamMessage, 'headers' | 'moreHeaders'> {
  const headers: Header[] = [];
  let room = MAX_HEADERS;
  let moreHeaders = 0;
  for (const [name, values] of all) {
    const kept = values.slice(0, room);
    if (kept.length > 0) headers.push([name, kept]);
    room -= kept.length;
    moreHeaders += values.length - kept.length;
  }
  return { headers, moreHeaders };
}

/** One message as JSON, on one line: its payload as `json`, in its own words, or `text` where it is that, else as `hex`. */
export function messageJson(message: StreamMessage): string {
  const { atMs, subject, from, reply, headers, moreHeaders, data, lost } = message;
  const about = JSON.stringify({
    at: new Date(atMs).toISOString(),
    ...{ subject, from },
    ...(reply !== '' && { reply }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(moreHeaders > 0 && { moreHeaders }),
    ...(lost > 0 && { lost }),
  });
  return `${about.slice(0, -1)},${payloadJson(data)}}`;
}

function payloadJson(data: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return `"hex":"${Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
  }
  // Read and written anew a large number would be another, and what is nested by the thousand would overflow the stack.
  if (isJson(text)) return `"json":${text.replace(/[\t\n\r]+/g, ' ').trim()}`;
  return `"text":${JSON.stringify(text)}`;
}

function wordsOf({ subject, from, data }: StreamMessage): string {
  return `${subject} ${from} ${new TextDecoder().decode(data.subarray(0, FILTERED_BYTES))}`;
}

/** A payload may be a corner of a packet, which must not stay for its sake. */
function owned(message: StreamMessage): StreamMessage {
  const { data } = message;
  return data.buffer.byteLength > 2 * data.length + MESSAGE_BYTES
    ? { ...message, data: data.slice() }
    : message;
}
