/**
 * A stream's name as its number on the wire: 15 bits of a hash (FNV-1a), and a bit that says that it is bulk, so that relays
 * know without asking. Both ends compute it from the name; two names of one Node that collide are told apart by renaming one
 * (the chance is 1 in 32,766 a pair).
 */
import { BULK_STREAM_BIT } from '../../wire/index.ts';
import type { StreamId } from '../vocabulary.ts';

/** The stream without a name. */
const DEFAULT_STREAM = 0;
/** Answers have a stream of their own (with the bulk bit for requests of bulk streams): they never wait behind a held one. */
export const ANSWERS = 1 as StreamId;

const FIRST_NAMED = 2;
const NUMBERS = BULK_STREAM_BIT;

export function streamNumber(name: string, lane: 'messages' | 'bulk'): StreamId {
  const bulk = lane === 'bulk' ? BULK_STREAM_BIT : 0;
  if (name === '') return (DEFAULT_STREAM | bulk) as StreamId;
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash ^= hash >>> 15; // FNV's low bits alone mix poorly
  return ((FIRST_NAMED + ((hash >>> 0) % (NUMBERS - FIRST_NAMED))) | bulk) as StreamId;
}

export function answersOf(stream: StreamId): StreamId {
  return (ANSWERS | (stream & BULK_STREAM_BIT)) as StreamId;
}

export function carriesAnswers(stream: StreamId): boolean {
  return (stream & ~BULK_STREAM_BIT) === ANSWERS;
}

/** For people: nobody registers them. */
export function answersName(stream: StreamId): string {
  return (stream & BULK_STREAM_BIT) === 0 ? 'answers' : 'answers (bulk)';
}
