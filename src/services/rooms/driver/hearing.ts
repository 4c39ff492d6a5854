/** What other Nodes say to a room that is open here, and what they ask it for. Its mark has been looked at: it is about this room. */
import type { Emitter } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import { decodePlain } from '../canonical.ts';
import type { RoomEvents } from '../contract.ts';
import type { Keyring } from '../epochs.ts';
import type { Genesis } from '../genesis.ts';
import type { Envelope } from '../messages.ts';
import type { RoomEvent } from '../room-events.ts';
import type { RoomState } from '../room-state.ts';
import { answerTo, eventOf, introducedFor, pieceFor, turnsFor } from './answering.ts';
import type { Digest } from './ask-for-piece.ts';
import type { LiveLatest } from './live-latest.ts';

export interface HearingParts {
  readonly state: RoomState;
  readonly events: Emitter<RoomEvents>;
  readonly envelope: Envelope;
  readonly genesis: Genesis;
  readonly keyring: Keyring;
  readonly latest: LiveLatest;
  readonly digest: Digest;
  handle(event: RoomEvent): void;
}

export class Hearing {
  readonly #parts: HearingParts;

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  received(
    from: NodeId,
    name: 'heads' | 'thanks' | 'updates' | 'latest' | 'role' | 'members',
    message: Uint8Array,
  ): void {
    const { envelope, latest, handle } = this.#parts;
    if (name === 'latest') {
      latest.received(from, message);
      return;
    }
    const event = eventOf(envelope, from, name, message);
    if (event) handle(event);
    else this.#refuse(from);
  }

  /** To this Node alone. Whoever was removed is not heard. */
  said(from: NodeId, sealed: Uint8Array): void {
    const { state, envelope, events } = this.#parts;
    if (!state.peers.includes(from)) return;
    const body = envelope.open('message', from, sealed);
    const message = body && decodePlain(body);
    if (message === undefined) this.#refuse(from);
    else events.emit('message', { from, message });
  }

  /** Answers who asks for what it misses. Whoever was removed gets nothing but what says so. */
  asked(
    from: NodeId,
    what: 'ask' | 'piece' | 'turns' | 'genesis',
    message: Uint8Array,
  ): Uint8Array | Promise<Uint8Array> {
    const { envelope, genesis, keyring, state, digest } = this.#parts;
    if (what === 'turns') return turnsFor(envelope, from, message, state);
    if (what === 'genesis') return introducedFor(envelope, from, message, { genesis, keyring, state });
    const { giving, peers } = state;
    if (!peers.includes(from)) return new Uint8Array();
    if (what === 'ask') return answerTo(envelope, from, message, giving);
    return pieceFor(envelope, from, message, { giving, digest });
  }

  #refuse(from: NodeId): void {
    this.#parts.events.emit('refused', { from, reason: 'a message about the room is malformed' });
  }
}
