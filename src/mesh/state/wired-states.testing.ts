/** Test support: MeshStates on channels without latency or loss, in virtual time. What they ask their drivers is kept. */
import { seededRandom } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import type { Cryptography } from '../identity/cryptography.ts';
import { beginLife, type Identity, identityFrom } from '../identity/identity.ts';
import { WAKE } from '../protocol.ts';
import type { ChannelId, MeshEffect, MeshEvent } from '../vocabulary.ts';
import { MeshState } from './mesh-state.ts';

export const NETWORK_NAME = 'wires';

export interface WiredState {
  readonly state: MeshState;
  readonly identity: Identity;
  /** Everything it asked of its driver but channel traffic, in order. */
  readonly effects: MeshEffect[];
  readonly ends: Map<ChannelId, { readonly other: WiredState; readonly channel: ChannelId }>;
}

const NOTHING = new Uint8Array(0);
const EMPTY_MAP = Uint8Array.of(0x80);

export class Wires {
  readonly cryptography: Cryptography = simulatedCryptography();
  readonly states: WiredState[] = [];
  now = 0;
  readonly #random = seededRandom(9);
  readonly #underWay: [WiredState, MeshEvent][] = [];
  #isDraining = false;
  #channels = 0;

  add(identity = identityFrom(this.#random.bytes(32), this.cryptography), life = 1): WiredState {
    const own = beginLife(identity, life, this.#random.bytes(32), this.cryptography);
    const state = new MeshState(
      {
        own,
        networkName: NETWORK_NAME,
        networkKey: new Uint8Array(16),
        attributes: EMPTY_MAP,
        cryptography: this.cryptography,
        random: seededRandom(this.#random.uint32()),
      },
      this.now,
    );
    const wired: WiredState = { state, identity, effects: [], ends: new Map() };
    this.states.push(wired);
    return wired;
  }

  /** Opens a channel between two; they shake hands as time passes. */
  connect(a: WiredState, b: WiredState): void {
    const [left, right] = [++this.#channels as ChannelId, ++this.#channels as ChannelId];
    a.ends.set(left, { other: b, channel: right });
    b.ends.set(right, { other: a, channel: left });
    const fingerprints = { local: NOTHING, remote: NOTHING };
    const open = { type: 'channel-opened', fingerprints, answersProbes: false } as const;
    this.#underWay.push([a, { ...open, channel: left, peer: b.state.id, isInitiator: true }]);
    this.#underWay.push([b, { ...open, channel: right, peer: a.state.id, isInitiator: false }]);
    this.#drain();
  }

  /** So many, everyone linked with everyone. */
  mesh(count: number): WiredState[] {
    const states = Array.from({ length: count }, () => this.add());
    for (const a of states) for (const b of states) if (a.state.id < b.state.id) this.connect(a, b);
    this.run(1000);
    return states;
  }

  /** Tells a state of something, and all states of what follows from it. */
  feed(wired: WiredState, event: MeshEvent): void {
    this.#underWay.push([wired, event]);
    this.#drain();
  }

  /** In the order in which it was sent, as channels have it. */
  #drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let next = this.#underWay.shift(); next; next = this.#underWay.shift()) {
      const [wired, event] = next;
      for (const effect of wired.state.handle(event, this.now)) this.#perform(wired, effect);
    }
    this.#isDraining = false;
  }

  /** Lets time pass. */
  run(forMs: number): void {
    const until = this.now + forMs;
    for (let steps = 0; steps < 1_000_000; steps++) {
      const next = Math.min(...this.states.map(({ state }) => state.nextWakeAt));
      if (next > until) break;
      this.now = Math.max(this.now, next);
      for (const wired of this.states) if (wired.state.nextWakeAt <= this.now) this.feed(wired, WAKE);
    }
    this.now = until;
  }

  /** Effects of one type that a state asked for. */
  of<Type extends MeshEffect['type']>(
    { effects }: WiredState,
    type: Type,
  ): Extract<MeshEffect, { type: Type }>[] {
    return effects.filter((effect): effect is Extract<MeshEffect, { type: Type }> => effect.type === type);
  }

  memberIds({ state }: WiredState): NodeId[] {
    return state.members.map(({ id }) => id);
  }

  #perform(wired: WiredState, effect: MeshEffect): void {
    if (effect.type === 'channel-send' || effect.type === 'channel-datagram') {
      const end = wired.ends.get(effect.channel);
      const type = effect.type === 'channel-send' ? 'channel-message' : 'channel-datagram';
      if (end) this.feed(end.other, { type, channel: end.channel, bytes: effect.bytes.slice() });
      if (effect.type === 'channel-send') {
        this.feed(wired, { type: 'channel-fill', channel: effect.channel, bufferedBytes: 0 });
      }
      return;
    }
    if (effect.type === 'channel-close') {
      this.#close(wired, effect.channel);
      return;
    }
    wired.effects.push(effect);
  }

  #close(wired: WiredState, channel: ChannelId): void {
    const end = wired.ends.get(channel);
    if (!end) return;
    wired.ends.delete(channel);
    end.other.ends.delete(end.channel);
    this.feed(wired, { type: 'channel-closed', channel, reason: 'closed here' });
    this.feed(end.other, { type: 'channel-closed', channel: end.channel, reason: 'closed there' });
  }
}
