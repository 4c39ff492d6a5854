/** The open channels of a Node: what leaves by them, how full they are afterwards, and what its Worker answers there. */
import type { ChannelId, MeshEffect, MeshEvent } from '../../src/mesh/vocabulary.ts';
import type { Medium } from './medium.ts';
import type { ChannelEnd } from './station.ts';

const SYN = 0x01;
const ACK = 0x02;
const DATAGRAM_BYTES = 17;

export type ChannelEffect = Extract<
  MeshEffect,
  { type: 'channel-send' | 'channel-datagram' | 'channel-close' }
>;

export class ChannelEnds {
  readonly #medium: Medium;
  readonly #open = new Map<ChannelId, ChannelEnd>();
  /** Something was sent there since `tellFill`: the first so many of them. An array that is emptied loses its memory. */
  readonly #touched: ChannelEnd[] = [];
  #touchedCount = 0;

  constructor(medium: Medium) {
    this.#medium = medium;
  }

  get(channel: ChannelId): ChannelEnd | undefined {
    return this.#open.get(channel);
  }

  values(): Iterable<ChannelEnd> {
    return this.#open.values();
  }

  get areTouched(): boolean {
    return this.#touchedCount > 0;
  }

  opened(end: ChannelEnd): void {
    this.#open.set(end.channel, end);
  }

  closedByOther(end: ChannelEnd): void {
    this.#medium.closedByOther(end);
    this.#open.delete(end.channel);
  }

  perform(effect: ChannelEffect, now: number): void {
    const end = this.#open.get(effect.channel);
    if (end === undefined) return;
    switch (effect.type) {
      case 'channel-send':
        this.#medium.send(end, effect.bytes, now);
        this.#touch(end);
        return;
      case 'channel-datagram':
        this.#medium.sendDatagram(end, effect.bytes, now);
        return;
      case 'channel-close':
        this.#open.delete(effect.channel);
        this.#medium.close(end, now);
        return;
    }
  }

  /** A Worker answers a SYN at once, whatever the main thread does. */
  answerProbe(end: ChannelEnd, bytes: Uint8Array, now: number): void {
    if (bytes[0] !== SYN || bytes.length !== DATAGRAM_BYTES) return;
    const answer = bytes.slice();
    answer[0] = ACK;
    this.#medium.sendDatagram(end, answer, now);
  }

  tellFill(tell: (event: MeshEvent) => void, now: number): void {
    for (let i = 0; i < this.#touchedCount; i++) {
      const end = this.#touched[i] as ChannelEnd; // below the count
      if (!end.isOpen) continue;
      const bufferedBytes = this.#medium.bufferedBytes(end, now);
      tell({ type: 'channel-fill', channel: end.channel, bufferedBytes });
    }
    this.#touchedCount = 0;
  }

  #touch(end: ChannelEnd): void {
    for (let i = 0; i < this.#touchedCount; i++) if (this.#touched[i] === end) return;
    this.#touched[this.#touchedCount++] = end;
  }

  closeAll(now: number): void {
    for (const end of this.#open.values()) this.#medium.close(end, now);
    this.#open.clear();
  }

  /** Without a word: whose machine dies. */
  vanish(now: number): void {
    this.#medium.vanish(this.#open.values(), now);
    this.#open.clear();
  }
}
