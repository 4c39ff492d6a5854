/** What of an open room is not complete, as an application holds it: presence, latest channels, words. Performs what LatestState decides. */
import type { MeshStream } from '../../../mesh/index.ts';
import { Alarm, type Clock, Emitter, log, messageOf, type Timers } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import type { LatestChannel, LatestValue, Other, Plain, Presence, RoomEvents } from '../contract.ts';
import { RoomClosedError, RoomReadOnlyError } from '../errors.ts';
import { type LatestEffect, type LatestEvent, type LatestOptions, LatestState } from '../latest.ts';
import { decodeLatest, encodeLatest, isName, type LatestMessage, MAX_NAME } from '../latest-messages.ts';
import type { Envelope } from '../messages.ts';
import { reach } from './reach.ts';

export interface LiveLatestOptions extends LatestOptions {
  readonly self: NodeId;
  readonly envelope: Envelope;
  readonly stream: MeshStream;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly events: Emitter<RoomEvents>;
  peers(): readonly NodeId[];
}

const PRESENCE = { channel: '', key: '' };

export class LiveLatest {
  readonly presence: Presence;
  readonly #options: LiveLatestOptions;
  readonly #state: LatestState;
  readonly #alarm: Alarm;
  readonly #changes = new Emitter<{ changed: { readonly channel: string; readonly value: LatestValue } }>();
  #others: readonly Other[] | undefined;
  #isClosed = false;

  constructor(options: LiveLatestOptions) {
    this.#options = options;
    const { clock, timers } = options;
    const state = new LatestState(options);
    this.#state = state;
    this.#alarm = new Alarm(clock, timers, () => {
      this.handle({ type: 'wake' });
      return state.nextWakeAt;
    });
    this.presence = {
      get value() {
        return state.get(undefined, PRESENCE);
      },
      set: (value) => this.#set(PRESENCE, value),
    };
  }

  /** The same list until somebody comes, goes, or shows something else. */
  get others(): readonly Other[] {
    this.#others ??= (this.#isClosed ? [] : this.#options.peers()).map((node) => ({
      node,
      presence: this.#state.get(node, PRESENCE),
    }));
    return this.#others;
  }

  channel(name: string): LatestChannel {
    if (!isName(name)) throw new RangeError(`a channel's name has 1 to ${MAX_NAME} characters`);
    const { self } = this.#options;
    return {
      name,
      set: (key, value) => {
        if (!isName(key)) throw new RangeError(`a key has 1 to ${MAX_NAME} characters`);
        if (!this.#options.credentials()) throw new RoomReadOnlyError();
        this.#set({ channel: name, key }, value);
      },
      get: (node, key) => this.#state.get(node === self ? undefined : node, { channel: name, key }),
      values: () =>
        this.#state.values.flatMap(([node = self, { channel, key, value }]) =>
          channel === name && value !== undefined ? [{ node, key, value }] : [],
        ),
      subscribe: (callback) =>
        this.#changes.on('changed', ({ channel, value }) => {
          if (channel === name) callback(value);
        }),
    };
  }

  broadcast(event: Plain): void {
    if (this.#isClosed) throw new RoomClosedError();
    if (!this.#options.credentials()) throw new RoomReadOnlyError();
    this.#perform(this.#state.say(event, this.#options.clock.now()));
  }

  /** Its mark has been looked at. */
  received(from: NodeId, message: Uint8Array): void {
    const { envelope } = this.#options;
    const open = (): LatestMessage | undefined => {
      const body = envelope.open('latest', from, message);
      return body && decodeLatest(body);
    };
    this.handle({ type: 'received', from, bytes: message.length, open });
  }

  handle(event: LatestEvent): void {
    if (this.#isClosed) return;
    this.#perform(this.#state.handle(event, this.#options.clock.now()));
    if (event.type === 'peer' || event.type === 'left') this.#othersChanged();
  }

  /** Nobody is shown any more: whoever goes, nobody would say so. */
  close(): void {
    for (const node of this.#options.peers()) this.handle({ type: 'left', node });
    this.#isClosed = true;
    this.#othersChanged();
    this.#alarm.stop();
  }

  #set(name: typeof PRESENCE, value: Plain | undefined): void {
    if (this.#isClosed) throw new RoomClosedError();
    const effects = this.#state.set(name, value, this.#options.clock.now());
    const { channel, key } = name;
    this.#changes.emit('changed', {
      channel,
      value: { node: this.#options.self, key, value: this.#state.get(undefined, name) },
    });
    this.#perform(effects);
  }

  #perform(effects: readonly LatestEffect[]): void {
    for (const effect of effects) this.#performOne(effect);
    this.#alarm.at(this.#state.nextWakeAt);
  }

  #performOne(effect: LatestEffect): void {
    const { stream, envelope, events, self } = this.#options;
    switch (effect.type) {
      case 'spread':
        void this.#spread(this.#close(effect.message));
        return;
      case 'tell':
        stream.send(effect.to, 'latest', this.#close(effect.message)).catch(lost);
        return;
      case 'set': {
        const { node, entry } = effect;
        if (entry.channel === '') this.#othersChanged();
        else
          this.#changes.emit('changed', {
            channel: entry.channel,
            value: { node, key: entry.key, value: entry.value },
          });
        return;
      }
      case 'said':
        events.emit('broadcast', { from: effect.from, event: effect.word });
        return;
      case 'heldBack':
        stream.send(effect.node, 'hold', envelope.ownMark).catch(lost);
        events.emit('heldBack', { node: effect.node, by: self });
        return;
      case 'refused':
        events.emit('refused', { from: effect.from, reason: effect.reason });
        return;
    }
  }

  #othersChanged(): void {
    this.#others = undefined;
    this.#options.events.emit('others', undefined);
  }

  #close(message: LatestMessage): Uint8Array {
    return this.#options.envelope.close('latest', encodeLatest(message));
  }

  async #spread(message: Uint8Array): Promise<void> {
    await reach(this.#options.stream, this.#options.peers, 'latest', message);
    this.handle({ type: 'sent' });
  }
}

/** It is said again when they meet. */
function lost(error: unknown): void {
  log('debug', `what a Node shows in a room was lost: ${messageOf(error)}`);
}
