/** What membership is told and what it answers (membership.ts): who counts as a member, and since when. */
import type { NodeId } from '../../wire/index.ts';
import type { Member, NodeHealth } from '../contract.ts';
import type { OwnLife } from '../identity/identity.ts';
import type { OpenLink } from '../link/contract.ts';
import type { Protocol, Wake } from '../protocol.ts';
import type { Router, View } from '../topology/view.ts';
import type { GraphChanged, Joined, Left, LinkDown, LinkUp } from '../vocabulary.ts';

export type MembershipEvent =
  | Wake
  | GraphChanged
  | LinkUp
  | LinkDown
  | { readonly type: 'health-changed'; readonly id: NodeId }
  | { readonly type: 'attributes'; readonly bytes: Uint8Array };

export type MembershipEffect = Joined | Left | { readonly type: 'members-changed' };

export interface MembershipOptions {
  readonly own: OwnLife;
  readonly attributes: Uint8Array;
  readonly view: View;
  readonly router: Router;
  readonly open: ReadonlyMap<NodeId, OpenLink>;
  health(id: NodeId): NodeHealth;
  rttMs(id: NodeId): number | undefined;
}

/** Implemented by `Membership` in membership.ts: `new Membership(options, now)`. */
export interface MembershipProtocol extends Protocol<MembershipEvent, MembershipEffect> {
  /** Ourselves first, then by join order; the same array until something changes. */
  readonly members: readonly Member[];
  has(id: NodeId): boolean;
}
