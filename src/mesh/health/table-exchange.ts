/**
 * Network tables asked for and answered (`peers`). Any Node can be asked; it names only whom it heard itself in the last
 * minute, the latest first. An answer counts only from whom the question went to. Questions are msgpack {question: id},
 * answers {answer: id, entries: bytes}, 21 bytes an entry: id, ms since it was heard (u16), round trip in tenths of a
 * millisecond (u16, 65,535 unknown), loss in 200ths (u8, 255 unknown).
 */
import type { Random } from '../../runtime/index.ts';
import {
  asFields,
  decodeControl,
  encodeControl,
  FrameType,
  NODE_ID_BYTES,
  type NodeId,
  nodeIdFromBytes,
  read16,
  readBytes,
  readInteger,
  write16,
  writeNodeId,
} from '../../wire/index.ts';
import type { TableEntry } from '../contract.ts';
import type { Failure, Route, Settled, Token } from '../vocabulary.ts';
import { type Rate, RateLimit } from './rate-limit.ts';

/** 21.5 KB, below the frame's 32 KiB. A larger network is learnt from several Nodes. */
export const MAX_TABLE_ENTRIES = 1024;
const ENTRY_BYTES = NODE_ID_BYTES + 5;
const UNKNOWN_RTT = 0xffff;
const UNKNOWN_LOSS = 0xff;
const LOSS_STEPS = 200;
/** Answers to one Node, and to all: at most 43 KB a second to one that does nothing else. */
const ANSWERS_TO_EACH: Rate = { perSecond: 1, burst: 2 };
const ANSWERS_TO_ALL: Rate = { perSecond: 5, burst: 10 };
/** Questions of ours at once: people and services ask, rarely. */
const MAX_QUESTIONS = 64;
/** A question may be lost on its way; the answerer's rate allows this. */
const ASK_AGAIN_MS = 2000;

interface Question {
  readonly token: Token;
  readonly target: NodeId;
  readonly timeoutMs: number;
  readonly deadline: number;
  askAgainAt: number;
}

export type PeersBody =
  | { readonly type: 'question'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly entries: Uint8Array };

export class TableExchange {
  readonly #random: Random;
  readonly #questions = new Map<number, Question>();
  readonly #limit: RateLimit;

  constructor(random: Random, now: number) {
    this.#random = random;
    this.#limit = new RateLimit(ANSWERS_TO_EACH, ANSWERS_TO_ALL, now);
  }

  get nextWakeAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { deadline, askAgainAt } of this.#questions.values())
      next = Math.min(next, deadline, askAgainAt);
    return next;
  }

  ask(token: Token, target: NodeId, timeoutMs: number, now: number): Route | Settled {
    if (this.#questions.size >= MAX_QUESTIONS)
      return settled(token, { reason: 'refused', because: 'too many questions are open' });
    const id = this.#random.uint32();
    if (this.#questions.has(id)) return settled(token, { reason: 'refused', because: 'ask again' });
    this.#questions.set(id, {
      token,
      target,
      timeoutMs,
      deadline: now + timeoutMs,
      askAgainAt: now + ASK_AGAIN_MS,
    });
    return question(id, target);
  }

  /** Whether this Node may have one more answer. */
  mayAnswer(asker: NodeId, now: number): boolean {
    return this.#limit.take(asker, now);
  }

  /** The one who asked for this; undefined when nobody asked that Node. */
  answered(source: NodeId, id: number): Token | undefined {
    const asked = this.#questions.get(id);
    if (asked?.target !== source) return undefined;
    this.#questions.delete(id);
    return asked.token;
  }

  wake(now: number): (Route | Settled)[] {
    const effects: (Route | Settled)[] = [];
    for (const [id, asked] of this.#questions) {
      if (now >= asked.deadline) {
        this.#questions.delete(id);
        effects.push(settled(asked.token, { reason: 'timed-out', afterMs: asked.timeoutMs }));
      } else if (now >= asked.askAgainAt) {
        asked.askAgainAt = now + ASK_AGAIN_MS;
        effects.push(question(id, asked.target));
      }
    }
    return effects;
  }

  /** Nobody waits for this answer any more. */
  cancel(token: Token): Settled[] {
    for (const [id, asked] of this.#questions) {
      if (asked.token !== token) continue;
      this.#questions.delete(id);
      return [settled(token, { reason: 'cancelled' })];
    }
    return [];
  }

  /** Nothing more comes from that Node, or, without a target, from anybody. */
  fail(target: NodeId | undefined, failure: Failure): Settled[] {
    const effects: Settled[] = [];
    for (const [id, asked] of this.#questions) {
      if (target !== undefined && asked.target !== target) continue;
      this.#questions.delete(id);
      effects.push(settled(asked.token, failure));
    }
    return effects;
  }
}

export function encodeAnswer(id: number, entries: readonly TableEntry[]): Uint8Array {
  const bytes = new Uint8Array(Math.min(entries.length, MAX_TABLE_ENTRIES) * ENTRY_BYTES);
  let at = 0;
  for (const entry of entries) {
    if (at === bytes.length) break;
    const { lastProofMs = 0xffff, rttMs, loss } = entry;
    writeNodeId(entry.id, bytes, at);
    write16(bytes, at + 16, Math.max(0, Math.min(0xffff, Math.round(lastProofMs))));
    write16(
      bytes,
      at + 18,
      rttMs === undefined ? UNKNOWN_RTT : Math.min(UNKNOWN_RTT - 1, Math.round(rttMs * 10)),
    );
    bytes[at + 20] = loss === undefined ? UNKNOWN_LOSS : Math.round(loss * LOSS_STEPS);
    at += ENTRY_BYTES;
  }
  return encodeControl({ answer: id, entries: bytes });
}

/** Undefined for what no honest Node sends. Never throws. */
export function parsePeers(body: Uint8Array): PeersBody | undefined {
  const fields = asFields(decodeControl(body).value);
  if (!fields) return undefined;
  const asked = readInteger(fields, 'question', 0, 0xffff_ffff);
  if (asked !== undefined) return { type: 'question', id: asked };
  const id = readInteger(fields, 'answer', 0, 0xffff_ffff);
  const entries = readBytes(fields, 'entries', 0, MAX_TABLE_ENTRIES * ENTRY_BYTES);
  if (id === undefined || !entries || entries.length % ENTRY_BYTES !== 0) return undefined;
  return { type: 'answer', id, entries };
}

/** What `answerer` heard itself. */
export function parseEntries(bytes: Uint8Array): TableEntry[] {
  return Array.from({ length: Math.floor(bytes.length / ENTRY_BYTES) }, (_, i) => {
    const at = i * ENTRY_BYTES;
    const id = nodeIdFromBytes(bytes, at);
    const rtt = read16(bytes, at + 18);
    const loss = bytes[at + 20] ?? UNKNOWN_LOSS;
    return {
      id,
      heardFrom: id,
      lastProofMs: read16(bytes, at + 16),
      rttMs: rtt === UNKNOWN_RTT ? undefined : rtt / 10,
      loss: loss > LOSS_STEPS ? undefined : loss / LOSS_STEPS,
    };
  });
}

function question(id: number, target: NodeId): Route {
  return { type: 'route', target, frameType: FrameType.peers, body: encodeControl({ question: id }) };
}

function settled(token: Token, failure: Failure): Settled {
  return { type: 'settled', tokens: [token], failure };
}
