/**
 * What a person reads when two Nodes do not let each other in, or one cuts the other off. Our own words only: never a text that the
 * other sent.
 */
import type { NodeId } from '../../wire/index.ts';
import type { RefusalReason } from '../contract.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { LinksEffect } from './contract.ts';
import type { Refused } from './link-effect.ts';

/**
 * A sentence that says what happened and what to do, of a page and a program alike. `here`: we refused; otherwise the other one did. What is
 * so with every member of the network names none of them: told of twenty, it is one line.
 */
export function refusalMessage(peer: NodeId, reason: RefusalReason, where: 'here' | 'there'): string {
  const other = `node ${peer.slice(0, 8)}`;
  switch (reason) {
    case 'wrong-key':
      return 'others in the network do not have the same network key as this device: open the same invite link on all, whole and unchanged';
    case 'wrong-network':
      return 'others that were met belong to a network of another name: open the same invite link on all';
    case 'version':
      return `${other} runs another version of Leafcutter: reload both pages, or update the program`;
    case 'identity':
      return where === 'here'
        ? `somebody called itself ${other} and could not prove it, so it was not let in`
        : `${other} did not believe that this device is who it says: reload the page, or start the program again`;
    case 'duplicate':
      return where === 'here'
        ? `an older one with the identity of ${other} is still open somewhere; the newer one stays in the mesh`
        : `a newer one with this one's identity is open somewhere: go on there, or reload the page here`;
    case 'full':
      return where === 'here'
        ? `${other} asked for a connection, but this device holds as many as it may; it reaches us through others`
        : `${other} holds as many connections as it may; this device reaches it through others`;
    case 'protocol':
      return where === 'here'
        ? `${other} did not follow the handshake, so it was not let in; reload or restart it`
        : `${other} did not understand this device's handshake; reload or restart both`;
    case 'malformed':
    case 'too-much': {
      const what = reason === 'too-much' ? 'more than it may' : 'what no node sends';
      return where === 'here'
        ? `${other} keeps sending ${what}: it is cut off for half a minute`
        : `${other} cut this device off for half a minute: it keeps sending ${what}`;
    }
  }
}

/** What a person reads where a Node has closed because its identity lives on elsewhere. */
export const REPLACED_MESSAGE =
  'the same identity has joined the mesh again elsewhere (a copy of the page, or this device again), so this one left';

/** Refusals of unknown callers that a person is told of: so many in a span. Who calls is unknown, and may call often. */
const MAX_TOLD = 8;
const TOLD_SPAN_MS = 10_000;

/** Who is at the other end, as far as it matters here. */
export interface RefusalParty {
  readonly peer: NodeId;
  readonly isInitiator: boolean;
  readonly provenIdentity: PeerIdentity | undefined;
}

export class Refusals {
  #sinceMs = 0;
  #count = 0;

  /** What is told of a refusal, and done about it. */
  effects(
    { peer, isInitiator, provenIdentity }: RefusalParty,
    { reason, record, where }: Refused,
    nowMs: number,
  ): readonly LinksEffect[] {
    const isKnown = isInitiator || provenIdentity !== undefined;
    const effects: LinksEffect[] = [];
    // Its signature is checked, which costs more than a stranger who calls us may.
    if (where === 'there' && record && isKnown) effects.push({ type: 'shown', record });
    // Whoever is refused for want of room learns it; here it is nothing to tell of.
    if (where === 'here' && reason === 'full') return effects;
    if (!isKnown && !this.#mayTell(nowMs)) return effects;
    return [...effects, { type: 'refused', peer, reason, message: refusalMessage(peer, reason, where) }];
  }

  #mayTell(nowMs: number): boolean {
    if (nowMs - this.#sinceMs > TOLD_SPAN_MS) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    return ++this.#count <= MAX_TOLD;
  }
}
