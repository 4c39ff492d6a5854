/** What Brokers tell each other of their interest, and of what became of a publication: values, and their bytes (docs/protocol.md). */
import {
  asFields,
  type ControlValue,
  decodeControl,
  encodeControl,
  type Fields,
  readBoolean,
  readInteger,
  readList,
} from '../../wire/index.ts';
import { MAX_ADVERTISED, MAX_SUBJECT_BYTES, type Pattern } from './contract.ts';
import type { InterestChange } from './interest-change.ts';
import type { PublicationResult } from './publishing.ts';
import { patternProblem } from './subject.ts';

/** Which state of a Node's interest: a number for each life of its Broker, and one that grows with each change. */
export interface Edition {
  readonly epoch: number;
  readonly version: number;
}

export type BrokerMessage =
  /** To all: what has changed since the edition before (`version` - 1). `order`: its number in the SendingOrder. */
  | {
      readonly type: 'delta';
      readonly edition: Edition;
      readonly order: number;
      readonly wantsSeen: boolean;
      readonly changes: readonly InterestChange[];
    }
  /** To who asked: a part of the whole. */
  | {
      readonly type: 'table';
      readonly edition: Edition;
      readonly wantsSeen: boolean;
      readonly isFirst: boolean;
      readonly isLast: boolean;
      readonly changes: readonly InterestChange[];
    }
  /** A Broker is here, at this edition, and wants to have the other's table, or only to be compared. */
  | { readonly type: 'hello'; readonly edition: Edition; readonly wantsTable: boolean }
  /** That edition of the other's holds here. */
  | { readonly type: 'seen'; readonly edition: Edition }
  /** To all: this Broker has closed; its Node may live on. */
  | { readonly type: 'bye' }
  | { readonly type: 'result'; readonly result: PublicationResult }
  /** Some of what you published after that number is lost here. */
  | { readonly type: 'gap'; readonly after: number };

/** In one message: what has 256-byte patterns and queues still fits. */
export const MAX_CHANGES = 256;
export const MAX_QUEUE_LENGTH = 256;
const MAX_NUMBER = 0xffff_ffff;
const MAX_COUNT = 1_000_000;
/** Queue groups of one publication on one Node: it has no more of them, and can say of all that nobody is there. */
export const MAX_PICKED = MAX_ADVERTISED;
/** In UTF-8. */
export const MAX_QUEUE_BYTES = 3 * MAX_QUEUE_LENGTH;
const LIMITS = {
  maxBytes: MAX_PICKED * (MAX_QUEUE_BYTES + 3) + 1024,
  maxDepth: 3,
  maxElements: 3 * MAX_CHANGES + MAX_PICKED + 32,
};

export function encodeMessage(message: BrokerMessage): Uint8Array {
  return encodeControl(plain(message), LIMITS);
}

/** Undefined for what is no such message. */
export function decodeMessage(type: BrokerMessage['type'], body: Uint8Array): BrokerMessage | undefined {
  const fields = asFields(decodeControl(body, LIMITS).value);
  return fields && read(type, fields);
}

function plain(message: BrokerMessage): ControlValue {
  switch (message.type) {
    case 'delta':
      return {
        ...message.edition,
        o: message.order,
        s: message.wantsSeen,
        c: plainChanges(message.changes),
      };
    case 'table': {
      const { edition, wantsSeen, isFirst, isLast, changes } = message;
      return { ...edition, s: wantsSeen, f: isFirst, l: isLast, c: plainChanges(changes) };
    }
    case 'hello':
      return { ...message.edition, t: message.wantsTable };
    case 'seen':
      return { ...message.edition };
    case 'bye':
      return {};
    case 'gap':
      return { after: message.after };
    case 'result': {
      const { seq, subscriptions, dropped, missing } = message.result;
      return { seq, n: subscriptions, d: dropped, m: missing };
    }
  }
}

/** Flat: three elements an entry. */
function plainChanges(changes: readonly InterestChange[]): readonly ControlValue[] {
  return changes.flatMap(({ pattern, queue, count }) => [pattern, queue ?? null, count]);
}

function read(type: BrokerMessage['type'], fields: Fields): BrokerMessage | undefined {
  if (type === 'bye') return { type };
  if (type === 'result') return readResult(fields);
  if (type === 'gap') {
    const after = readInteger(fields, 'after', 0, MAX_NUMBER);
    return after === undefined ? undefined : { type, after };
  }
  const epoch = readInteger(fields, 'epoch', 0, MAX_NUMBER);
  const version = readInteger(fields, 'version', 0, Number.MAX_SAFE_INTEGER);
  if (epoch === undefined || version === undefined) return undefined;
  const edition = { epoch, version };
  if (type === 'seen') return { type, edition };
  if (type === 'hello') {
    const wantsTable = readBoolean(fields, 't');
    return wantsTable === undefined ? undefined : { type, edition, wantsTable };
  }
  const wantsSeen = readBoolean(fields, 's');
  const changes = readChanges(fields);
  if (wantsSeen === undefined || !changes) return undefined;
  if (type === 'delta') {
    const order = readInteger(fields, 'o', 0, MAX_NUMBER);
    return order === undefined ? undefined : { type, edition, order, wantsSeen, changes };
  }
  const isFirst = readBoolean(fields, 'f');
  const isLast = readBoolean(fields, 'l');
  if (isFirst === undefined || isLast === undefined) return undefined;
  return { type, edition, wantsSeen, isFirst, isLast, changes };
}

function readChanges(fields: Fields): readonly InterestChange[] | undefined {
  const list = readList(fields, 'c', 3 * MAX_CHANGES);
  if (!list || list.length % 3 !== 0) return undefined;
  const changes: InterestChange[] = [];
  for (let at = 0; at < list.length; at += 3) {
    const [pattern, queue, count] = list.slice(at, at + 3);
    if (typeof pattern !== 'string' || pattern.length > MAX_SUBJECT_BYTES || patternProblem(pattern))
      return undefined;
    if (queue !== null && !isQueueName(queue)) return undefined;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > MAX_COUNT)
      return undefined;
    changes.push({ pattern: pattern as Pattern, queue: queue ?? undefined, count });
  }
  return changes;
}

function readResult(fields: Fields): BrokerMessage | undefined {
  const seq = readInteger(fields, 'seq', 1, MAX_NUMBER);
  const subscriptions = readInteger(fields, 'n', 0, MAX_COUNT);
  const dropped = readInteger(fields, 'd', 0, MAX_COUNT);
  const missing = readList(fields, 'm', MAX_PICKED);
  if (seq === undefined || subscriptions === undefined || dropped === undefined) return undefined;
  if (!missing?.every(isQueueName)) return undefined;
  return { type: 'result', result: { seq, subscriptions, dropped, missing } };
}

function isQueueName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_QUEUE_LENGTH;
}
