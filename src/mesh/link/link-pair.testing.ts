/** Test support: two Links on the two ends of a channel, or with somebody in between who holds the wire. */

import { seededRandom } from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import { Link, type LinkEffect, type LinkOptions } from './index.ts';

const random = seededRandom(11);
export const ALICE = newNodeId(random);
export const BOB = newNodeId(random);
export const KEY = random.bytes(32);
export const OTHER_KEY = random.bytes(32);
export const ALICES_CERTIFICATE = random.bytes(32);
export const BOBS_CERTIFICATE = random.bytes(32);

export function aliceOptions(change: Partial<LinkOptions> = {}): LinkOptions {
  return {
    self: ALICE,
    peer: BOB,
    isInitiator: true,
    fingerprints: { local: ALICES_CERTIFICATE, remote: BOBS_CERTIFICATE },
    networkName: 'quiet-otter',
    networkKey: KEY,
    nonce: random.bytes(32),
    ...change,
  };
}

export function bobOptions(change: Partial<LinkOptions> = {}): LinkOptions {
  return {
    ...aliceOptions(),
    self: BOB,
    peer: ALICE,
    isInitiator: false,
    fingerprints: { local: BOBS_CERTIFICATE, remote: ALICES_CERTIFICATE },
    nonce: random.bytes(32),
    ...change,
  };
}

/** One end: a Link and everything it has asked for. */
export class End {
  readonly link: Link;
  readonly effects: LinkEffect[] = [];
  readonly outbox: Uint8Array[] = [];
  isClosed = false;

  constructor(options: LinkOptions) {
    this.link = new Link(options);
  }

  perform(effects: readonly LinkEffect[]): void {
    for (const effect of effects) {
      if (this.isClosed) throw new Error(`an effect after close: ${effect.type}`);
      this.effects.push(effect);
      if (effect.type === 'send') this.outbox.push(effect.bytes);
      if (effect.type === 'close') this.isClosed = true;
    }
  }

  flush(bufferedBytes = 0): void {
    this.outbox.push(...this.link.flush(bufferedBytes));
  }

  all<Type extends LinkEffect['type']>(type: Type): Extract<LinkEffect, { type: Type }>[] {
    return this.effects.filter(
      (effect): effect is Extract<LinkEffect, { type: Type }> => effect.type === type,
    );
  }
}

/** Carries messages between the two until neither has more to say. `tamper` may change, drop (undefined) or add. */
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
        for (const passed of tamper(bytes.slice(), from.link.peer === BOB ? ALICE : BOB)) {
          if (!to.isClosed) to.perform(to.link.onMessage(passed, nowMs));
        }
      }
    }
  }
}

/** A handshake from start to end. */
export function meet(
  aliceChange: Partial<LinkOptions> = {},
  bobChange: Partial<LinkOptions> = {},
): [End, End] {
  const alice = new End(aliceOptions(aliceChange));
  const bob = new End(bobOptions(bobChange));
  alice.perform(alice.link.start(0));
  bob.perform(bob.link.start(0));
  converse(alice, bob);
  return [alice, bob];
}
