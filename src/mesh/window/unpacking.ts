/**
 * Takes packets apart into messages, and puts those together that came in pieces. It can stop before any chunk, when the
 * inbox wants no more for now, and goes on there when it is given the same packet again.
 *
 * A message that its sender gave up half sent may leave pieces without a beginning or a beginning without an end, whichever
 * copies of its packets arrived: pieces of nothing are skipped. All else that breaks the rules ends the packet.
 */
import { decodeMessage, type MeshMessage } from './message.ts';
import {
  CHUNK_BYTES,
  ChunkFlag,
  distanceFromBeginning,
  PACKET_HEAD_BYTES,
  type PacketChunk,
  readChunk,
} from './packet.ts';
import { Reassembly } from './reassembly.ts';

/** What a message costs beside its bytes; bounds how many tiny ones can wait. A guess at the engine's overhead. */
export const MESSAGE_OVERHEAD_BYTES = 64;

export interface Inbox {
  /** Whether a message of this kind (byte 0 of the message) may be handed over now. */
  mayDeliver(kind: number): boolean;
  /** False when no honest peer says this here. `cost`: what it takes until it is taken. */
  deliver(message: MeshMessage, cost: number): boolean;
  /** Whether a message of `total` bytes that begins with these may be put together now, later, or need not be. */
  mayAssemble(total: number, bytes: Uint8Array, start: number, end: number): 'yes' | 'wait' | 'skip';
}

export type UnpackOutcome = 'done' | 'held' | 'malformed';

export class Unpacking {
  readonly #inbox: Inbox;
  readonly #reassembly = new Reassembly();
  /** Byte 0 of the message being put together. */
  #kind = 0;
  /** Where to go on in the packet that is next; 0 at its beginning. */
  #at = 0;
  #isHeld = false;
  #isShortOfRoom = false;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
  }

  get keptBytes(): number {
    return this.#reassembly.keptBytes;
  }

  get promisedBytes(): number {
    return this.#reassembly.promisedBytes;
  }

  get isAssembling(): boolean {
    return this.#reassembly.isActive;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Held by a message that begins here and finds no room: nothing that the application takes need ever let it go on. */
  get isShortOfRoom(): boolean {
    return this.#isHeld && this.#isShortOfRoom;
  }

  /** Give it the same packet again after `held`. */
  unpack(packet: Uint8Array): UnpackOutcome {
    if (this.#at === 0) {
      this.#at = PACKET_HEAD_BYTES;
      if (distanceFromBeginning(packet) === 0) this.#reassembly.abandon(); // the sender begins here
    }
    while (this.#at < packet.length) {
      const chunk = readChunk(packet, this.#at);
      const outcome = chunk ? this.#take(packet, chunk) : 'malformed';
      this.#isHeld = outcome === 'held';
      if (outcome === 'held') return outcome;
      if (outcome === 'malformed' || !chunk) {
        this.abandon();
        return 'malformed';
      }
      this.#at = chunk.end;
    }
    this.#at = 0;
    this.#isHeld = false;
    return 'done';
  }

  abandon(): void {
    this.#reassembly.abandon();
    this.#at = 0;
    this.#isHeld = false;
  }

  #take(packet: Uint8Array, chunk: PacketChunk): UnpackOutcome {
    const { flags, start, end, total } = chunk;
    switch (flags) {
      case ChunkFlag.first | ChunkFlag.last:
        if (this.#reassembly.isActive) return 'malformed';
        if (!this.#mayDeliver(packet[start] ?? 0)) return 'held';
        return this.#deliver(packet, start, end);
      case ChunkFlag.last | ChunkFlag.abandoned:
        this.#reassembly.abandon();
        return 'done';
      case ChunkFlag.first: {
        if (this.#reassembly.isActive) return 'malformed';
        const answer = this.#inbox.mayAssemble(total, packet, start, end);
        this.#isShortOfRoom = answer === 'wait';
        if (answer === 'wait') return 'held';
        if (answer === 'skip') return 'done';
        this.#kind = packet[start] ?? 0;
        const isBegun = this.#reassembly.begin(total) && this.#reassembly.append(packet, start, end);
        return isBegun ? 'done' : 'malformed';
      }
      default: {
        if (!this.#reassembly.isActive) return 'done';
        // Pieces of one message never share a packet: else one could be cut into crumbs that each cost an object.
        if (start !== PACKET_HEAD_BYTES + CHUNK_BYTES) return 'malformed';
        const isLast = flags === ChunkFlag.last;
        if (isLast && !this.#mayDeliver(this.#kind)) return 'held';
        if (!this.#reassembly.append(packet, start, end)) return 'malformed';
        if (!isLast) return 'done';
        const whole = this.#reassembly.finish();
        return whole ? this.#deliver(whole, 0, whole.length) : 'malformed';
      }
    }
  }

  #mayDeliver(kind: number): boolean {
    this.#isShortOfRoom = false;
    return this.#inbox.mayDeliver(kind);
  }

  #deliver(bytes: Uint8Array, start: number, end: number): UnpackOutcome {
    const message = decodeMessage(bytes, start, end);
    if (!message) return 'malformed';
    return this.#inbox.deliver(message, end - start + MESSAGE_OVERHEAD_BYTES) ? 'done' : 'malformed';
  }
}
