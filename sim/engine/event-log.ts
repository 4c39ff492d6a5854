/**
 * What happened in a run, as a running hash: equal for two runs exactly when they went alike, event by event. Of long
 * messages the length, the head, the tail (where seals and signatures are) and some bytes between are taken, because the
 * simulator must not spend its time here. With a sink each event is also told in words.
 */
import type { MeshEffect, MeshEvent } from '../../src/mesh/vocabulary.ts';
import { describeEffect, describeEvent } from './trace.ts';

export type TraceSink = (line: string) => void;

const WHOLE_UP_TO_BYTES = 48;
const TAIL_BYTES = 16;

export class EventLog {
  sink: TraceSink | undefined;
  #a = 0x811c9dc5;
  #b = 0x1b873593;
  #count = 0;

  /** Events so far: calls of `handle`. */
  get count(): number {
    return this.#count;
  }

  /** 16 hexadecimal digits. */
  get hash(): string {
    return hex(this.#a) + hex(this.#b);
  }

  record(now: number, station: number, event: MeshEvent): void {
    this.#count++;
    this.#mix((now * 1024) | 0);
    this.#mix((station << 8) ^ event.type.length ^ (event.type.charCodeAt(event.type.length - 1) << 4));
    if (event.type === 'channel-message' || event.type === 'channel-datagram') {
      this.#mix(event.channel);
      this.#mixBytes(event.bytes);
    }
    this.sink?.(`${now.toFixed(3).padStart(11)} ${String(station).padStart(4)} < ${describeEvent(event)}`);
  }

  /** What a Node does of which no event tells. */
  effect(now: number, station: number, effect: MeshEffect): void {
    switch (effect.type) {
      case 'deliver':
      case 'settled':
      case 'answered':
      case 'joined':
      case 'left':
        this.#mix((effect.type.length << 20) ^ station);
        break;
      default:
    }
    if (this.sink === undefined) return;
    const text = describeEffect(effect);
    if (text !== undefined)
      this.sink(`${now.toFixed(3).padStart(11)} ${String(station).padStart(4)} > ${text}`);
  }

  /** A step of the scenario. */
  note(now: number, station: number, what: string): void {
    this.#mix(what.length ^ (station << 8));
    this.sink?.(`${now.toFixed(3).padStart(11)} ${String(station).padStart(4)} ! ${what}`);
  }

  #mixBytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#mix(length);
    let h = 0;
    if (length <= WHOLE_UP_TO_BYTES)
      for (let i = 0; i < length; i++) h = (Math.imul(h, 31) + (bytes[i] as number)) | 0;
    else {
      for (let i = 0; i < TAIL_BYTES; i++) h = (Math.imul(h, 31) + (bytes[i] as number)) | 0;
      const step = (length >> 5) + 1;
      for (let i = TAIL_BYTES; i < length; i += step) h = (Math.imul(h, 31) + (bytes[i] as number)) | 0;
      for (let i = length - TAIL_BYTES; i < length; i++) h = (Math.imul(h, 31) + (bytes[i] as number)) | 0;
    }
    this.#mix(h);
  }

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#b = (Math.imul(this.#b ^ (this.#a >>> 15), 0x85ebca6b) + value) | 0;
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
