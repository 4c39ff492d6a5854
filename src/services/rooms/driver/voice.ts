/** Words of an open room to other Nodes. Whoever does not hear one does with the next. */
import type { MeshStream } from '../../../mesh/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import { encodeIntroductions } from '../introductions.ts';
import { type Envelope, encodeHeads, encodeRole, type Heads } from '../messages.ts';
import type { RoomEffect } from '../room-events.ts';
import { lost, reach, STRAIGHT_NODES } from './reach.ts';

export type Word = Extract<
  RoomEffect,
  { type: 'tell' | 'thank' | 'hold' | 'askRole' | 'introduce' | 'greet' | 'announce' }
>;

export class Voice {
  readonly #stream: MeshStream;
  readonly #envelope: Envelope;

  constructor(stream: MeshStream, envelope: Envelope) {
    this.#stream = stream;
    this.#envelope = envelope;
  }

  say(word: Word): void {
    switch (word.type) {
      case 'tell':
        this.#tell(word.to, 'heads', word.heads);
        return;
      case 'thank':
        this.#tell(word.to, 'thanks', word.heads);
        return;
      case 'hold':
        this.#stream.send(word.to, 'hold', this.#envelope.ownMark).catch(lost);
        return;
      case 'introduce': {
        const body = encodeIntroductions(word.introductions);
        this.#stream.send(word.to, 'members', this.#envelope.close('members', body)).catch(lost);
        return;
      }
      case 'greet':
        this.#stream.send(word.to, 'here', this.#envelope.presence).catch(lost);
        return;
      case 'announce':
        this.#stream.broadcast('here?', this.#envelope.presence).catch(lost);
        return;
      case 'askRole':
        this.#stream
          .send(word.to, 'role', this.#envelope.close('role', encodeRole(word.request)))
          .catch(lost);
        return;
    }
  }

  sayGone(peers: () => readonly NodeId[]): void {
    void reach(this.#stream, peers, 'gone', this.#envelope.ownMark);
  }

  #tell(to: readonly NodeId[], name: 'heads' | 'thanks', heads: Heads): void {
    const message = this.#envelope.close(name, encodeHeads(heads));
    if (to.length > STRAIGHT_NODES) void reach(this.#stream, () => to, name, message);
    else for (const node of to) this.#stream.send(node, name, message, { isAwaited: false }).catch(lost);
  }
}
