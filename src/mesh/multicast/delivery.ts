/**
 * From frames, in order, to the application. Several messages of one stream go out together; a large one is put together
 * from its pieces. While the application has not taken what it was given, the frames stay in the log: what it costs is
 * bounded, and the source is slowed down (flow.ts).
 */
import { nodeIdToBytes } from '../../wire/index.ts';
import { MAX_BROADCAST_BYTES } from '../contract.ts';
import type { StreamId } from '../vocabulary.ts';
import { decodeMessage, MAX_MESSAGE_HEAD_BYTES, type MeshMessage } from '../window/message.ts';
import { Reassembly } from '../window/reassembly.ts';
import { copyContent } from './broadcast-frame.ts';
import { type BroadcastChunk, ChunkFlag, chunkHeadBytes, isFor, readBroadcastChunk } from './chunks.ts';
import type { Context } from './context.ts';
import type { Source } from './source.ts';

/** Given to the application and not yet taken, per source. The first message goes whatever its size. */
const MAX_OUTSTANDING_BYTES = 1024 * 1024;
/** Objects of a message beside its bytes; what a tiny one costs. */
const MESSAGE_COST_BYTES = 96;

/** Where a piece begins in its frame's content when nothing is before it. */
const FIRST_IN_FRAME = chunkHeadBytes(0, 0);

/** A message for us of which pieces are still to come. */
interface Half {
  readonly pieces: Reassembly;
  readonly stream: number;
  frames: number;
}

/** Outlives the life of a source: what was delivered is paid for whenever it is taken. */
interface Account {
  outstandingBytes: number;
  half: Half | undefined;
}

export class Delivery {
  readonly #context: Context;
  readonly #own: Uint8Array;
  readonly #accounts = new Map<Source['id'], Account>();

  constructor(context: Context) {
    this.#context = context;
    this.#own = nodeIdToBytes(context.options.own.id);
  }

  /** Shows the application what it has room for. */
  run(source: Source, now: number): void {
    const account = this.#account(source);
    if (source.missed > 0) this.#tellMissed(source, account);
    if (source.delivered < source.log.next && account.outstandingBytes === 0) {
      source.pace.begin(source.log.offsetOf(source.delivered), now);
    }
    while (source.delivered < source.log.next && this.#hasRoom(source, account)) {
      this.#deliver(source, account);
    }
    this.#release(source.id, account);
  }

  /** Everything that is kept, whatever room there is: before a gap that is skipped, and at the end of a life. */
  flush(source: Source): void {
    const account = this.#account(source);
    if (source.missed > 0) this.#tellMissed(source, account);
    while (source.delivered < source.log.next) this.#deliver(source, account);
    this.#release(source.id, account);
  }

  taken(source: Source['id'], cost: number): void {
    const account = this.#accounts.get(source);
    if (!account) return;
    const paid = Math.min(cost, account.outstandingBytes);
    account.outstandingBytes -= paid;
    this.#context.options.budget.charge(source, -paid);
    this.#release(source, account);
  }

  /** It has left, and fallen silent for good: should it go on all the same, the pieces that are given up here are missed. */
  giveUp(source: Source): void {
    source.missed += this.#accounts.get(source.id)?.half?.frames ?? 0;
    this.abandon(source.id);
  }

  /** Pieces of the source that nothing will follow. */
  abandon(source: Source['id']): void {
    const account = this.#accounts.get(source);
    if (!account) return;
    this.#dropHalf(source, account);
    this.#release(source, account);
  }

  #hasRoom(source: Source, { outstandingBytes }: Account): boolean {
    if (outstandingBytes === 0) return true;
    return outstandingBytes < MAX_OUTSTANDING_BYTES && this.#context.options.budget.room(source.id) > 0;
  }

  #tellMissed(source: Source, account: Account): void {
    this.#dropHalf(source.id, account);
    this.#context.emit({ type: 'missed', source: source.id, frames: source.missed });
    source.missed = 0;
  }

  #deliver(source: Source, account: Account): void {
    const frame = source.log.frame(source.delivered++);
    if (!frame) return;
    const content = copyContent(frame);
    let messages: MeshMessage[] = [];
    let costs: number[] = [];
    let stream = -1;
    const flush = () => {
      if (messages.length === 0) return;
      const delivered = { from: source.id, stream: stream as StreamId, isBroadcast: true, messages, costs };
      this.#context.emit({ type: 'deliver', ...delivered });
      messages = [];
      costs = [];
    };
    let at = 0;
    while (at < content.length) {
      const chunk = readBroadcastChunk(content, at);
      // Its source signed it: nobody on the way is to blame, and the rest of the frame is lost.
      if (!chunk) break;
      at = chunk.end;
      const whole = this.#take(source, account, content, chunk);
      if (!whole) continue;
      const message = decodeMessage(whole.bytes);
      if (message?.kind !== 'message') continue;
      if (whole.stream !== stream) flush();
      stream = whole.stream;
      const cost = whole.bytes.length + MESSAGE_COST_BYTES;
      account.outstandingBytes += cost;
      this.#context.options.budget.charge(source.id, cost);
      messages.push(message);
      costs.push(cost);
    }
    flush();
  }

  /** The message that the chunk completes, undefined while it does not or when it is not for us. */
  #take(
    source: Source,
    account: Account,
    content: Uint8Array,
    chunk: BroadcastChunk,
  ): { readonly bytes: Uint8Array; readonly stream: number } | undefined {
    const isFirst = (chunk.flags & ChunkFlag.first) !== 0;
    const isLast = (chunk.flags & ChunkFlag.last) !== 0;
    if (isFirst) {
      this.#dropHalf(source.id, account);
      const isOurs = isFor(content, chunk, this.#own);
      if (isLast) {
        return isOurs ? { bytes: content.subarray(chunk.start, chunk.end), stream: chunk.stream } : undefined;
      }
      if (!isOurs || chunk.total > MAX_BROADCAST_BYTES + MAX_MESSAGE_HEAD_BYTES) return undefined;
      const pieces = new Reassembly();
      pieces.begin(chunk.total);
      account.half = { pieces, stream: chunk.stream, frames: 0 };
    }
    const { half } = account;
    if (!half) return undefined; // not for us, or it began before we did
    const keptBefore = half.pieces.keptBytes;
    // Pieces of one message never share a frame: else one could be cut into crumbs that each cost an object.
    const isInPlace = isFirst || chunk.start === FIRST_IN_FRAME;
    if (!isInPlace || !half.pieces.append(content, chunk.start, chunk.end)) {
      this.#dropHalf(source.id, account);
      return undefined;
    }
    half.frames++;
    this.#context.options.budget.charge(source.id, half.pieces.keptBytes - keptBefore);
    if (!isLast) return undefined;
    const kept = half.pieces.keptBytes;
    const bytes = half.pieces.finish();
    this.#context.options.budget.charge(source.id, -kept);
    account.half = undefined;
    return bytes && { bytes, stream: half.stream };
  }

  #dropHalf(source: Source['id'], account: Account): void {
    const { half } = account;
    if (!half) return;
    this.#context.options.budget.charge(source, -half.pieces.keptBytes);
    account.half = undefined;
  }

  #account(source: Source): Account {
    const known = this.#accounts.get(source.id);
    if (known) return known;
    const account = { outstandingBytes: 0, half: undefined };
    this.#accounts.set(source.id, account);
    return account;
  }

  /** Nothing is owed: it needs no account. Who works with one releases it last, and not before. */
  #release(source: Source['id'], account: Account): void {
    if (account.outstandingBytes === 0 && !account.half) this.#accounts.delete(source);
  }
}
