/**
 * What becomes of a channel whose other end has proven itself: the Link to that peer, in the place of an older one or not,
 * or nothing. Both ends judge by the same facts, so that they keep the same channel.
 */
import type { NodeId } from '../../wire/index.ts';
import { isNewerLife, type OwnLife, type PeerIdentity } from '../identity/identity.ts';
import { channelToKeep, type OpenedChannel } from './simultaneous.ts';

export type Verdict =
  | 'accept'
  /** It becomes the Link, and the one before it ends. */
  | 'replace'
  /** The Link that there is stays. */
  | 'keep-other'
  /** Our own call to the same peer would win: to take theirs first would be a Link for a blink. */
  | 'wait'
  /** A later life of this peer is our neighbour, or is known from elsewhere. */
  | 'refuse-older-life'
  /** It has our own key in an older life: it has to go, and is told so. */
  | 'refuse-own-older-life'
  /** It has our own key in a newer life: we have to go. */
  | 'give-way';

export interface Candidate extends OpenedChannel {
  readonly peer: NodeId;
  readonly identity: PeerIdentity;
  /** The latest life of this peer that anyone has told of with its signature. */
  readonly newestLife: number | undefined;
  /** It has waited for our own call long enough. */
  readonly hasWaited: boolean;
}

/** @param isCalling we have an own channel to this peer that still shakes hands */
export function verdictOn(
  candidate: Candidate,
  own: OwnLife,
  before: (OpenedChannel & { readonly identity: PeerIdentity }) | undefined,
  isCalling: boolean,
): Verdict {
  const { peer, identity } = candidate;
  if (peer === own.id) return isNewerLife(own, identity) ? 'refuse-own-older-life' : 'give-way';
  if (identity.life < (candidate.newestLife ?? 0)) return 'refuse-older-life';
  if (before) {
    if (isNewerLife(before.identity, identity)) return 'refuse-older-life';
    if (isNewerLife(identity, before.identity)) return 'replace';
    return channelToKeep(own.id, peer, before, candidate) === 'existing' ? 'keep-other' : 'replace';
  }
  const mayWait = !candidate.isInitiator && !candidate.hasWaited && own.id < peer;
  return mayWait && isCalling ? 'wait' : 'accept';
}
