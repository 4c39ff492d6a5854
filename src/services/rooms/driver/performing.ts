/** Performs what the state of a room decides: on the mesh, on the disk, and for whoever follows the room or waits for it. */
import type { MeshStream } from '../../../mesh/index.ts';
import type { Emitter } from '../../../runtime/index.ts';
import type { RoomEvents } from '../contract.ts';
import type { Keyring } from '../epochs.ts';
import type { Envelope } from '../messages.ts';
import type { RoomEffect, RoomEvent } from '../room-events.ts';
import type { RoomState } from '../room-state.ts';
import { shownOf } from '../update.ts';
import { askForPiece, askForSnapshotPiece, askForTurns, type Digest } from './ask-for-piece.ts';
import type { KeptLog } from './kept-log.ts';
import type { LiveHistory } from './live-history.ts';
import type { LiveLatest } from './live-latest.ts';
import type { Outbox } from './outbox.ts';
import type { Voice } from './voice.ts';
import type { Waiting } from './waiting.ts';

export interface PerformingParts {
  readonly state: Pick<RoomState, 'finality' | 'pace' | 'peers'>;
  readonly events: Emitter<RoomEvents>;
  readonly envelope: Envelope;
  readonly keyring: Keyring;
  readonly bulk: Pick<MeshStream, 'request'>;
  readonly digest: Digest;
  readonly outbox: Outbox;
  readonly voice: Voice;
  readonly latest: LiveLatest;
  readonly undo: LiveHistory;
  readonly waiting: Waiting;
  /** Undefined: in memory only. */
  readonly kept: KeptLog | undefined;
  /** As in `Rooms.keep`. */
  readonly isPassing: boolean;
  handle(event: RoomEvent): void;
}

export class Performing {
  readonly #parts: PerformingParts;
  #hasWritten = false;

  constructor(parts: PerformingParts) {
    this.#parts = parts;
  }

  perform(effect: RoomEffect): void {
    const { state, events, outbox, voice, latest, undo, waiting, kept, isPassing } = this.#parts;
    const { bulk, digest, envelope, keyring } = this.#parts;
    switch (effect.type) {
      case 'spread':
        outbox.push(effect);
        return;
      case 'tell':
      case 'thank':
        // Nobody is to count on what passes has, but for what it wrote: that may have to be asked for.
        if (!isPassing || this.#hasWritten) voice.say(effect);
        else if (effect.heads.isQuestion) voice.say({ type: 'announce' });
        return;
      case 'introduce':
        if (!isPassing) voice.say(effect);
        return;
      case 'hold':
      case 'askRole':
      case 'greet':
      case 'announce':
        voice.say(effect);
        return;
      case 'store':
        kept?.store(effect.update.hash, effect.update.bytes);
        events.emit('update', shownOf(effect.update));
        return;
      case 'written':
        this.#hasWritten = true;
        undo.written(effect.token, effect.update);
        return;
      case 'moved':
        undo.moved(effect.from, effect.to);
        return;
      case 'overtaken':
        undo.overtaken(effect.update);
        if (effect.token !== undefined) waiting.reject(effect.token, effect.error);
        else events.emit('overtaken', { update: shownOf(effect.update), error: effect.error });
        return;
      case 'keep':
        kept?.store(effect.checkpoint.hash, effect.checkpoint.bytes);
        return;
      case 'rebased':
        kept?.rebase();
        return;
      case 'final':
        events.emit('finality', state.finality);
        return;
      case 'broken':
        events.emit('broken', { from: effect.from, to: effect.to, by: effect.by });
        return;
      case 'met':
        latest.handle({ type: 'peer', node: effect.node });
        events.emit('members', undefined);
        return;
      case 'parted':
        latest.handle({ type: 'left', node: effect.node });
        events.emit('members', undefined);
        return;
      case 'turned':
        kept?.rekey();
        events.emit('members', undefined);
        return;
      case 'members':
        events.emit('members', undefined);
        return;
      case 'removed':
        // It says so again when this device opens the room the next time.
        kept?.store(effect.rotation.hash, effect.rotation.bytes);
        this.sayGone();
        this.#partFromAll();
        events.emit('removed', { by: effect.by, reason: effect.reason });
        return;
      case 'askTurns': {
        const keys = keyring.held.find(({ id }) => id === effect.after) ?? keyring.current;
        this.#ask(askForTurns(bulk, envelope, effect.to, keys));
        return;
      }
      case 'askPiece':
        this.#ask(askForSnapshotPiece(bulk, envelope, digest, effect.question));
        return;
      case 'heldBack':
        events.emit('heldBack', { node: effect.node, by: effect.by });
        return;
      case 'ask':
        this.#ask(askForPiece(bulk, envelope, effect.to, effect.known));
        return;
      case 'settled':
        waiting.resolve(effect.token, effect.hash);
        return;
      case 'failed':
        undo.failed(effect.token);
        waiting.reject(effect.token, effect.error);
        return;
      case 'stopped':
        // Nobody is to wait for a Node that takes nothing any more.
        this.sayGone();
        this.#partFromAll();
        events.emit('stopped', { reason: effect.reason });
        return;
      case 'paced':
        events.emit('pace', state.pace);
        return;
      case 'changed':
        events.emit('changed', undefined);
        return;
      case 'refused':
        events.emit('refused', { from: effect.from, reason: effect.reason });
        return;
    }
  }

  /** Nobody is to wait for this Node any more. */
  sayGone(): void {
    const { state, voice } = this.#parts;
    const { peers } = state;
    voice.sayGone(() => peers);
  }

  /** They say nothing more to this Node: who of them is here, and what each shows, would stay as it is for ever. */
  #partFromAll(): void {
    for (const node of this.#parts.state.peers) this.#parts.handle({ type: 'left', node });
  }

  #ask(asking: Promise<RoomEvent>): void {
    void asking.then((event) => this.#parts.handle(event));
  }
}
