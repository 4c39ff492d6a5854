/**
 * The ten slots of a sending window and what is in them: packets in flight from the oldest that is not acknowledged in order
 * (`base`) to the next that will be laid out. Their positions only grow, but for a beginning afresh.
 */
import { FRAME_HEADER_BYTES } from '../../wire/index.ts';
import type { SlotSnapshot } from '../contract.ts';
import type { Outgoing, Packed } from './outgoing-queue.ts';
import { BEYOND_BEGINNING, distanceFromBeginning, markBeyondBeginning } from './packet.ts';
import { indexOf, slotOf, WINDOW_SLOTS } from './sequence.ts';
import { abandonedFrame, addressPacket, EMPTY_SLOT, type Slot, UNSENT, type WindowAddress } from './slot.ts';

/** In the place of a frame that the receiver holds. */
const RELEASED_FRAME = new Uint8Array();

export class Flight<Ticket> {
  readonly #address: WindowAddress;
  readonly #slots: (Slot<Ticket> | undefined)[] = new Array(WINDOW_SLOTS).fill(undefined);
  /** Where the sender began, or began afresh. */
  #begin = 0;
  #base = 0;
  #next = 0;

  constructor(address: WindowAddress) {
    this.#address = address;
  }

  get begin(): number {
    return this.#begin;
  }

  /** Position of the oldest packet not acknowledged in order; that of the next one when nothing is in flight. */
  get base(): number {
    return this.#base;
  }

  /** Position of the next packet to be laid out. */
  get next(): number {
    return this.#next;
  }

  get isEmpty(): boolean {
    return this.#next === this.#base;
  }

  get isFull(): boolean {
    return this.#next - this.#base >= WINDOW_SLOTS;
  }

  /** The receiver said of some that it holds them: their frames are gone. */
  get hasHeld(): boolean {
    return this.#slots.some((slot) => slot?.isHeld);
  }

  /** `position`: from `base` to before `next`. */
  at(position: number): Slot<Ticket> | undefined {
    return this.#slots[slotOf(position)];
  }

  /** Gives a packet the next position. One that had another gets a frame of its own: the old may still be on its way. */
  add(packed: Packed<Ticket> | Slot<Ticket>): Slot<Ticket> {
    const position = this.#next++;
    const frame = 'position' in packed ? renewed(packed.frame) : packed.frame;
    const slot: Slot<Ticket> = {
      position,
      frame,
      messages: packed.messages,
      isClean: packed.isClean,
      way: UNSENT,
      sentAtMs: 0,
      order: 0,
      attempts: 0,
      isHeld: false,
      laterArrivals: 0,
    };
    addressPacket(frame, this.#address, position, this.#distanceOf(position));
    this.#slots[slotOf(position)] = slot;
    return slot;
  }

  /**
   * It is sent once more: a copy of it may be on its way, and the receiver of this one may have forgotten what it acknowledged. One that
   * nobody waited for is waited for now: it may go by relays, where clocks run.
   */
  renew(slot: Slot<Ticket>): void {
    const isMarked = distanceFromBeginning(slot.frame.subarray(FRAME_HEADER_BYTES)) === BEYOND_BEGINNING;
    if (isMarked || this.#distanceOf(slot.position) !== BEYOND_BEGINNING) return;
    slot.frame = slot.frame.slice();
    markBeyondBeginning(slot.frame, FRAME_HEADER_BYTES);
  }

  /** The oldest is acknowledged. */
  shift(): Slot<Ticket> | undefined {
    if (this.isEmpty) return undefined;
    const place = slotOf(this.#base++);
    const slot = this.#slots[place];
    this.#slots[place] = undefined;
    return slot;
  }

  /** The receiver has this one in its slot; undefined when that was known. */
  hold(position: number): Slot<Ticket> | undefined {
    const slot = this.at(position);
    if (!slot || slot.isHeld) return undefined;
    slot.isHeld = true;
    slot.frame = RELEASED_FRAME;
    return slot;
  }

  /** Those that are lost are to be sent again. */
  lose(isLost: (slot: Slot<Ticket>) => boolean): void {
    for (const slot of this.#slots) {
      if (slot && !slot.isHeld && slot.way !== UNSENT && isLost(slot)) slot.way = UNSENT;
    }
  }

  /** Whether the oldest packet carries more of a message that began before it. */
  hasMoreOf(outgoing: Outgoing<Ticket>): boolean {
    return !this.isEmpty && this.at(this.#base)?.messages[0] === outgoing;
  }

  /** Everything in flight that somebody waits for, oldest first. */
  pending(): Set<Outgoing<Ticket>> {
    const pending = new Set<Outgoing<Ticket>>();
    for (let position = this.#base; position < this.#next; position++) {
      for (const outgoing of this.at(position)?.messages ?? [])
        if (!outgoing.isSettled) pending.add(outgoing);
    }
    return pending;
  }

  /** Packets of which nobody awaits a message any more shrink to an empty one of the same position. */
  replaceAbandoned(): void {
    for (const slot of this.#slots) {
      if (!slot || slot.isHeld || slot.messages.length === 0) continue;
      if (!slot.messages.every((outgoing) => outgoing.isSettled)) continue;
      slot.frame = abandonedFrame();
      slot.messages = [];
      slot.isClean = true;
      addressPacket(slot.frame, this.#address, slot.position, this.#distanceOf(slot.position));
    }
  }

  /** Begins afresh at this position; answers with what was in flight, oldest first. */
  beginAt(position: number): Slot<Ticket>[] {
    const inFlight: Slot<Ticket>[] = [];
    for (let slot = this.shift(); slot; slot = this.shift()) inFlight.push(slot);
    this.#begin = position;
    this.#base = position;
    this.#next = position;
    return inFlight;
  }

  #distanceOf(position: number): number {
    const distance = position - this.#begin;
    return this.#base === this.#begin && distance < WINDOW_SLOTS ? distance : BEYOND_BEGINNING;
  }

  snapshot(): SlotSnapshot[] {
    return this.#slots.map((slot) =>
      slot
        ? {
            index: indexOf(slot.position),
            state: slot.isHeld ? 'acknowledged' : 'in-flight',
            bytes: slot.frame.length,
            attempts: slot.attempts,
          }
        : EMPTY_SLOT,
    );
  }
}

function renewed(frame: Uint8Array): Uint8Array {
  return frame === RELEASED_FRAME ? abandonedFrame() : frame.slice();
}
