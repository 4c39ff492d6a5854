/**
 * What lies between the stations: channels as WebRTC gives them (reliable, ordered, with latency, jitter and a bandwidth)
 * and datagrams beside them, and what may befall both: loss, cuts in one or both directions, the silence of a dead peer.
 * With channel faults switched on it also drops, doubles and reorders messages, which no real channel does.
 *
 * Bytes are copied once, when they are sent: as a real channel does, and because a relay writes into what it receives.
 */
import type { ChannelId } from '../../src/mesh/vocabulary.ts';
import { type Random, uniform } from '../../src/runtime/index.ts';
import { LOW_WATER_BYTES } from '../../src/transport/contract.ts';
import { type Conditions, JITTER_STEPS, logNormalFactors, medianLatency } from './conditions.ts';
import type { EventQueue } from './event-queue.ts';
import type { ChannelEnd, Station } from './station.ts';

/** Told of every channel message and datagram as it leaves. */
export type Meter = (from: Station, bytes: Uint8Array, isDatagram: boolean) => void;

const FINGERPRINT_BYTES = 32;
/** SCTP's least retransmission time in Chromium is 400 ms; most losses are mended by fast retransmission before it. */
const RETRANSMISSION_MS = 200;
/** Views of a common slab are cheap to make; larger messages have memory of their own. */
const LARGEST_IN_SLAB = 1024;
const SLAB_BYTES = 16 * 1024;

export class Medium {
  meter: Meter | undefined;
  readonly #queue: EventQueue;
  readonly #random: Random;
  readonly #seed: number;
  readonly #ends = new Set<ChannelEnd>();
  #conditions: Conditions;
  #factors: Float64Array;
  #msPerByte: number;
  #hasFaults = false;
  #groupOf: ((place: number) => number) | undefined;
  readonly #oneWay = new Set<number>();
  #slab = new Uint8Array(SLAB_BYTES);
  #slabUsed = 0;

  constructor(queue: EventQueue, random: Random, seed: number, conditions: Conditions) {
    this.#queue = queue;
    this.#random = random;
    this.#seed = seed;
    this.#conditions = conditions;
    this.#factors = logNormalFactors(conditions.jitterSigma);
    this.#msPerByte = 1000 / conditions.bytesPerSecond;
    this.conditions = conditions;
  }

  get conditions(): Conditions {
    return this.#conditions;
  }

  set conditions(conditions: Conditions) {
    this.#conditions = conditions;
    this.#factors = logNormalFactors(conditions.jitterSigma);
    this.#msPerByte = 1000 / conditions.bytesPerSecond;
    const { drop, duplicate, reorder } = conditions.channelFaults;
    this.#hasFaults = drop > 0 || duplicate > 0 || reorder > 0;
    for (const end of this.#ends) end.medianMs = this.#median(end.station, end.other.station);
  }

  get openChannels(): number {
    return this.#ends.size / 2;
  }

  /** One way, ms, with jitter. */
  delay(from: Station, to: Station): number {
    return this.#jittered(this.#median(from, to));
  }

  isCut(from: Station, to: Station): boolean {
    const groupOf = this.#groupOf;
    if (groupOf !== undefined && groupOf(from.place) !== groupOf(to.place)) return true;
    return this.#oneWay.size > 0 && this.#oneWay.has(wayOf(from.place, to.place));
  }

  /** Opens a channel between two stations and tells both, the one that was called first. */
  open(caller: Station, callee: Station, now: number): void {
    const prints = [this.#random.bytes(FINGERPRINT_BYTES), this.#random.bytes(FINGERPRINT_BYTES)] as const;
    const a = this.#end(caller, caller.nextChannel(), true, prints[0], prints[1]);
    const b = this.#end(callee, callee.nextChannel(), false, prints[1], prints[0]);
    a.other = b;
    b.other = a;
    for (const end of [a, b]) {
      end.medianMs = this.#median(end.station, end.other.station);
      end.isCut = this.isCut(end.station, end.other.station);
      end.lineFreeAt = now;
      this.#ends.add(end);
    }
    callee.opened(b);
    caller.opened(a);
  }

  /** Bytes given to the channel that have not left. */
  bufferedBytes(end: ChannelEnd, now: number): number {
    const waiting = end.lineFreeAt > now ? (end.lineFreeAt - now) / this.#msPerByte : 0;
    return end.stalledBytes + Math.round(waiting);
  }

  send(end: ChannelEnd, bytes: Uint8Array, now: number): void {
    if (!end.isOpen) return;
    this.meter?.(end.station, bytes, false);
    const copy = this.#copyOf(bytes);
    if (end.isCut || end.stalled.length > 0) {
      end.stalled.push(copy);
      end.stalledBytes += copy.length;
    } else this.#transmit(end, copy, now);
  }

  sendDatagram(end: ChannelEnd, bytes: Uint8Array, now: number): void {
    if (!end.isOpen) return;
    this.meter?.(end.station, bytes, true);
    const { loss } = this.#conditions;
    if (end.isCut || (loss > 0 && uniform(this.#random) < loss)) return;
    const { other } = end;
    this.#queue.pushEvent(
      now + this.#jittered(end.medianMs),
      other.station,
      { type: 'channel-datagram', channel: other.channel, bytes: this.#copyOf(bytes) },
      other,
    );
  }

  /** Orderly: what was given to the channel still arrives, then its other end closes. */
  close(end: ChannelEnd, now: number): void {
    if (!end.isOpen) return;
    this.#forget(end);
    this.#queue.pushEvent(now, end.station, closed(end, 'closed here'));
    if (end.isCut || end.stalled.length > 0) end.stalled.push(undefined);
    else this.#closeOther(end, now);
  }

  /** The station is gone without a word: the other ends notice by themselves, much later. */
  vanish(ends: Iterable<ChannelEnd>, now: number): void {
    for (const end of ends) {
      this.#forget(end);
      end.stalled.length = 0;
      this.#loseLater(end.other, now);
    }
  }

  /** The station stood still for so long that its connections are lost, at both ends. */
  lose(ends: Iterable<ChannelEnd>, now: number): void {
    for (const end of [...ends]) {
      for (const each of [end, end.other]) {
        if (!each.isOpen) continue;
        this.#forget(each);
        this.#queue.pushEvent(now, each.station, closed(each, 'connection lost'));
      }
    }
  }

  /** From now on only places of the same group reach each other. */
  partition(groupOf: (place: number) => number, now: number): void {
    this.#groupOf = groupOf;
    this.#cutsChanged(now);
  }

  /** What leaves the one place does not reach the other. */
  cutOneWay(from: number, to: number, now: number): void {
    this.#oneWay.add(wayOf(from, to));
    this.#cutsChanged(now);
  }

  heal(now: number): void {
    this.#groupOf = undefined;
    this.#oneWay.clear();
    this.#cutsChanged(now);
  }

  #cutsChanged(now: number): void {
    for (const end of this.#ends) {
      const isCut = this.isCut(end.station, end.other.station);
      if (isCut === end.isCut) continue;
      end.isCut = isCut;
      if (isCut) {
        this.#loseLater(end, now);
        this.#loseLater(end.other, now);
      } else this.#resume(end, now);
    }
  }

  /** The connection fails unless its other end is there and both ways are open by then. */
  #loseLater(end: ChannelEnd, now: number): void {
    this.#queue.pushTask(now + this.#conditions.connectionLossMs, {
      run: (at) => {
        const isSilent = !end.other.isOpen && !end.other.station.isAlive;
        if (!end.isOpen || !(isSilent || end.isCut || end.other.isCut)) return;
        this.#forget(end);
        this.#queue.pushEvent(at, end.station, closed(end, 'connection lost'));
      },
    });
  }

  #resume(end: ChannelEnd, now: number): void {
    const waiting = end.stalled;
    end.stalled = [];
    end.stalledBytes = 0;
    for (const bytes of waiting) {
      if (bytes !== undefined) this.#transmit(end, bytes, now);
      else this.#closeOther(end, now);
    }
  }

  #transmit(end: ChannelEnd, bytes: Uint8Array, now: number): void {
    const { other } = end;
    const leavesAt = Math.max(end.lineFreeAt, now) + bytes.length * this.#msPerByte;
    end.lineFreeAt = leavesAt;
    if (!end.isDrainPlanned && bytes.length > 0 && leavesAt - now > LOW_WATER_BYTES * this.#msPerByte) {
      this.#planDrain(end, now);
    }
    let arrival = leavesAt + this.#jittered(end.medianMs);
    const { loss, channelFaults } = this.#conditions;
    if (loss > 0) {
      while (uniform(this.#random) < loss) arrival += Math.max(RETRANSMISSION_MS, 3 * end.medianMs);
    }
    if (this.#hasFaults) {
      if (uniform(this.#random) < channelFaults.drop) return;
      if (uniform(this.#random) < channelFaults.reorder) {
        // Overtaken by whatever is sent within three more latencies.
        this.#arrive(other, bytes, arrival + 3 * end.medianMs * uniform(this.#random));
        return;
      }
    }
    if (arrival < end.lastArrival) arrival = end.lastArrival;
    end.lastArrival = arrival;
    this.#arrive(other, bytes, arrival);
    if (this.#hasFaults && uniform(this.#random) < channelFaults.duplicate) {
      this.#arrive(other, this.#copyOf(bytes), arrival + end.medianMs * uniform(this.#random));
    }
  }

  #arrive(end: ChannelEnd, bytes: Uint8Array, at: number): void {
    this.#queue.pushEvent(at, end.station, { type: 'channel-message', channel: end.channel, bytes }, end);
  }

  /** Tells the station when the buffer has fallen to the low water mark. */
  #planDrain(end: ChannelEnd, now: number): void {
    end.isDrainPlanned = true;
    const at = Math.max(now, end.lineFreeAt - LOW_WATER_BYTES * this.#msPerByte);
    this.#queue.pushTask(at, {
      run: (then) => {
        end.isDrainPlanned = false;
        if (!end.isOpen) return;
        const bufferedBytes = this.bufferedBytes(end, then);
        if (bufferedBytes > LOW_WATER_BYTES && end.stalledBytes === 0) this.#planDrain(end, then);
        else end.station.receive({ type: 'channel-fill', channel: end.channel, bufferedBytes }, end);
      },
    });
  }

  #closeOther(end: ChannelEnd, now: number): void {
    const { other } = end;
    const arrival = Math.max(end.lastArrival, end.lineFreeAt, now + this.#jittered(end.medianMs));
    end.lastArrival = arrival;
    this.#queue.pushEvent(arrival, other.station, closed(other, 'closed by the other end'), other);
  }

  /** An end no longer carries anything; whoever calls tells its station. */
  #forget(end: ChannelEnd): void {
    end.isOpen = false;
    this.#ends.delete(end);
  }

  /** The station has seen the other end's close. */
  closedByOther(end: ChannelEnd): void {
    this.#forget(end);
  }

  #jittered(medianMs: number): number {
    return medianMs * (this.#factors[this.#random.uint32() % JITTER_STEPS] as number); // within the table
  }

  #median(a: Station, b: Station): number {
    return medianLatency(this.#conditions.latency, this.#seed, a.place, b.place);
  }

  #copyOf(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > LARGEST_IN_SLAB) return bytes.slice();
    if (this.#slabUsed + length > SLAB_BYTES) {
      this.#slab = new Uint8Array(SLAB_BYTES);
      this.#slabUsed = 0;
    }
    const copy = this.#slab.subarray(this.#slabUsed, this.#slabUsed + length);
    copy.set(bytes);
    this.#slabUsed += length;
    return copy;
  }

  #end(
    station: Station,
    channel: ChannelId,
    isInitiator: boolean,
    local: Uint8Array,
    remote: Uint8Array,
  ): ChannelEnd {
    const end: Omit<ChannelEnd, 'other'> = {
      station,
      channel,
      isInitiator,
      fingerprints: { local, remote },
      isOpen: true,
      isCut: false,
      lineFreeAt: 0,
      lastArrival: 0,
      medianMs: 0,
      stalled: [],
      stalledBytes: 0,
      isDrainPlanned: false,
    };
    return end as ChannelEnd; // `open` gives it its other end before anyone sees it
  }
}

function closed(end: ChannelEnd, reason: string) {
  return { type: 'channel-closed', channel: end.channel, reason } as const;
}

/** Names the way from one place to another. Places are below 2^20. */
function wayOf(from: number, to: number): number {
  return from * 0x10_0000 + to;
}
