/**
 * What becomes of a broadcast frame: the first copy is checked, kept, shown and passed on; every other copy says that the
 * Edge it came over is one too many. Copies are told apart before the signature is looked at, so each frame is verified
 * once, and nothing is passed on unverified.
 */
import type { NodeId } from '../../wire/index.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { FrameArrived } from '../vocabulary.ts';
import { isSignedBy, ownFrame, readBroadcastHead } from './broadcast-frame.ts';
import type { Context } from './context.ts';
import type { Neighbour } from './neighbour.ts';
import type { Parts } from './parts.ts';
import type { Source } from './source.ts';
import type { Sources } from './sources.ts';
import { Strangers } from './strangers.ts';

/** A frame that was on its way when we pruned does not undo it. */
const PRUNE_HOLDS_MS = 1000;

export class Incoming {
  readonly counts = { delivered: 0, surplus: 0 };
  readonly #context: Context;
  readonly #parts: Parts;
  readonly #sources: Sources;
  readonly #strangers = new Strangers();

  constructor(context: Context, parts: Parts, sources: Sources) {
    this.#context = context;
    this.#parts = parts;
    this.#sources = sources;
    parts.repair.skip = (source, now) => this.#skip(source, now);
  }

  take(neighbour: Neighbour, event: FrameArrived, now: number): void {
    const { header, frame } = event;
    const head = readBroadcastHead(header, frame);
    if (!head) {
      this.#drop(event, 'malformed broadcast', true);
      return;
    }
    const source = this.#sources.find(header.source, head.life);
    if (source === 'old') {
      this.#drop(event, 'of an earlier life', false);
      return;
    }
    if (source === 'no-room') {
      this.#drop(event, 'one source too many', false);
      return;
    }
    if (source === 'unknown') {
      if (!this.#strangers.keep(event, now)) this.#drop(event, 'of an unknown source', false);
      this.#context.wakeBy(this.#strangers.nextWakeAt);
      return;
    }
    const { sequence } = head;
    const progress = source.progress(neighbour.id);
    if (this.#parts.older.take(source, neighbour, sequence, frame, now)) return;
    if (source.has(sequence)) {
      source.cameFrom(progress, sequence);
      neighbour.note(source, progress);
      this.#surplus(neighbour, source, sequence, event, now);
      return;
    }
    // Our own, but we have not made it: no signature can be right.
    if (source.id === this.#context.options.own.id) {
      this.#drop(event, 'forged broadcast', true);
      return;
    }
    if (!isSignedBy(source.publicKey, frame, this.#context.options.cryptography)) {
      this.#drop(event, 'forged broadcast', true);
      return;
    }
    source.cameFrom(progress, sequence);
    neighbour.note(source, progress);
    if (!this.#parts.retention.makeRoom(source, frame, now)) {
      this.#parts.repair.note(source, now);
      this.#drop(event, 'source is over its budget', false);
      return;
    }
    this.counts.delivered++;
    source.hasLeft = false;
    source.parent = neighbour.id;
    if (!progress.isEager && now - progress.prunedAt > PRUNE_HOLDS_MS) {
      this.#parts.spread.setEager(neighbour, source, now);
    }
    const own = ownFrame(frame);
    if (sequence === source.log.next && (source.isStarted || sequence === 0)) {
      this.#append(source, own, now);
      this.#progress(source, now);
      return;
    }
    this.#parts.retention.keepEarly(source, sequence, own);
    this.#parts.repair.cameEarly(source, sequence, now);
  }

  /** A Node, or a newer life of one, has become known. */
  introduce(identity: PeerIdentity, now: number): void {
    if (identity.id === this.#context.options.own.id) return;
    const frames = this.#strangers.take(identity.id);
    // A source that nobody has spoken of needs no place.
    if (!frames && !this.#context.sources.has(identity.id)) return;
    const source = this.#sources.begin(identity);
    if (!frames || !source) return;
    for (const event of frames) {
      const neighbour = this.#context.neighbours.get(event.via);
      if (neighbour) this.take(neighbour, event, now);
    }
    // What found no room among the strangers.
    this.#parts.repair.inquire(source, now);
    this.#parts.older.inquire(source, now);
  }

  /** A neighbour has something of a Node whose key we do not know. */
  noteStranger(neighbour: Neighbour, id: NodeId, now: number): void {
    this.#strangers.note(neighbour.id, id, now);
    this.#context.wakeBy(this.#strangers.nextWakeAt);
  }

  /** Asks for what has not come. */
  run(now: number): void {
    for (const wanted of this.#strangers.due(now)) this.#context.emit(wanted);
    this.#context.wakeBy(this.#strangers.nextWakeAt);
  }

  linkDown(neighbour: Neighbour): void {
    this.#strangers.forget(neighbour.id);
  }

  /** The application took something. */
  taken(from: NodeId, cost: number, now: number): void {
    this.#parts.delivery.taken(from, cost);
    const source = this.#context.sources.get(from);
    if (!source) return;
    source.pace.moved(source.log.offsetOf(source.delivered), now);
    if (source.delivered >= source.log.next) return;
    this.#parts.delivery.run(source, now);
    this.#parts.flow.update(source, now);
  }

  #append(source: Source, frame: Uint8Array, now: number): void {
    source.isStarted = true;
    this.#parts.retention.append(source, frame, now);
    for (;;) {
      const early = this.#parts.retention.takeEarly(source, source.log.next);
      if (!early) return;
      this.#parts.retention.append(source, early, now);
    }
  }

  #progress(source: Source, now: number): void {
    this.#parts.spread.advance(source, now);
    this.#parts.delivery.run(source, now);
    this.#parts.flow.update(source, now);
    this.#parts.repair.progressed(source, now);
  }

  /** The gap is lost: the source goes on at the first frame beyond it. */
  #skip(source: Source, now: number): void {
    const sequence = source.lowestEarly;
    const frame = this.#parts.retention.takeEarly(source, sequence);
    if (!frame) return;
    this.#parts.delivery.flush(source);
    source.missed += source.isStarted ? sequence - source.log.next : Math.min(sequence, source.lostBelow);
    this.#parts.retention.skipTo(source, sequence);
    this.#append(source, frame, now);
    this.#progress(source, now);
  }

  #surplus(neighbour: Neighbour, source: Source, sequence: number, event: FrameArrived, now: number): void {
    this.counts.surplus++;
    this.#drop(event, 'duplicate', false);
    const { askedFrom, askedTo } = source.progress(neighbour.id);
    const wasAsked = sequence >= askedFrom && sequence < askedTo;
    if (!wasAsked) this.#parts.spread.prune(neighbour, source, now);
  }

  #drop({ via, header, frame }: FrameArrived, why: string, isMalformed: boolean): void {
    this.#context.emit({ type: 'drop', via, header, frame, why, isMalformed });
  }
}
