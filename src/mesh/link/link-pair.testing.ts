/** Test support: two Links on the two ends of a channel, or with somebody in between who holds the wire. */
import { seededRandom } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { simulatedCryptography } from '../identity/cryptography.testing.ts';
import { beginLife, identityFrom, type OwnLife } from '../identity/identity.ts';
import { networkNameHash } from '../identity/network-name.ts';
import type { HandshakeOptions } from './handshake.ts';
import { Link } from './link.ts';
import type { LinkEffect } from './link-effect.ts';

const random = seededRandom(11);
export const cryptography = simulatedCryptography();
export const KEY = random.bytes(32);
export const OTHER_KEY = random.bytes(32);
export const ALICES_CERTIFICATE = random.bytes(32);
export const BOBS_CERTIFICATE = random.bytes(32);
export const ALICES_LIFE = makeLife(1);
export const BOBS_LIFE = makeLife(2);
export const ALICE = ALICES_LIFE.id;
export const BOB = BOBS_LIFE.id;

/** The same seed is the same Node. */
export function makeLife(seed: number, life = 1_000_000): OwnLife {
  const secrets = seededRandom(seed);
  const identity = identityFrom(secrets.bytes(32), cryptography);
  return beginLife(identity, life, seededRandom(seed * 7919 + life).bytes(32), cryptography);
}

export function nameHashOf(name: string): Uint8Array {
  return networkNameHash(name, cryptography);
}

export function aliceOptions(change: Partial<HandshakeOptions> = {}): HandshakeOptions {
  return {
    own: ALICES_LIFE,
    peer: BOB,
    isInitiator: true,
    fingerprints: { local: ALICES_CERTIFICATE, remote: BOBS_CERTIFICATE },
    nameHash: nameHashOf('quiet-otter'),
    networkKey: KEY,
    nonce: random.bytes(32),
    cryptography,
    ...change,
  };
}

export function bobOptions(change: Partial<HandshakeOptions> = {}): HandshakeOptions {
  return {
    ...aliceOptions(),
    own: BOBS_LIFE,
    peer: ALICE,
    isInitiator: false,
    fingerprints: { local: BOBS_CERTIFICATE, remote: ALICES_CERTIFICATE },
    nonce: random.bytes(32),
    ...change,
  };
}

/** One end: a Link and everything it has asked for. Accepts whoever has proven itself. */
export class End {
  readonly link: Link;
  readonly effects: LinkEffect[] = [];
  readonly outbox: Uint8Array[] = [];
  readonly #self: NodeId;
  isClosed = false;

  constructor(options: HandshakeOptions) {
    this.#self = options.own.id;
    this.link = new Link(options);
  }

  get self(): NodeId {
    return this.#self;
  }

  perform(effects: readonly LinkEffect[]): void {
    for (const effect of effects) {
      if (this.isClosed) throw new Error(`an effect after the end: ${effect.type}`);
      this.effects.push(effect);
      if (effect.type === 'send') this.outbox.push(effect.bytes);
      if (effect.type === 'over') this.isClosed = true;
      if (effect.type === 'proven') this.perform(this.link.accept());
    }
  }

  receive(bytes: Uint8Array, nowMs = 0): void {
    if (!this.isClosed) this.perform(this.link.onMessage(bytes, nowMs));
  }

  /** Everything that waits leaves. */
  flush(room = Number.POSITIVE_INFINITY): void {
    this.perform(this.link.flush(room, true, 0));
  }

  all<Type extends LinkEffect['type']>(type: Type): Extract<LinkEffect, { type: Type }>[] {
    return this.effects.filter(
      (effect): effect is Extract<LinkEffect, { type: Type }> => effect.type === type,
    );
  }
}

/** Carries messages between the two until neither has more to say. `tamper` may change, drop or add. */
export function converse(
  alice: End,
  bob: End,
  nowMs = 0,
  tamper: (bytes: Uint8Array, from: NodeId) => readonly Uint8Array[] = (bytes) => [bytes],
): void {
  while (alice.outbox.length + bob.outbox.length > 0) {
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      for (const bytes of from.outbox.splice(0)) {
        for (const passed of tamper(bytes.slice(), from.self)) to.receive(passed, nowMs);
      }
    }
  }
}

/** A handshake from start to end. */
export function meet(
  aliceChange: Partial<HandshakeOptions> = {},
  bobChange: Partial<HandshakeOptions> = {},
): [End, End] {
  const alice = new End(aliceOptions(aliceChange));
  const bob = new End(bobOptions(bobChange));
  alice.perform(alice.link.start(0));
  bob.perform(bob.link.start(0));
  converse(alice, bob);
  return [alice, bob];
}
