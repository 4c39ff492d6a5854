/** What a BrokerState is told, and what it wants done. */
import type { NodeId } from '../../wire/index.ts';
import type { ClientId } from './client-state.ts';
import type { BrokerVerb, ClientVerb } from './contract.ts';
import type { BrokerMessage } from './interest-messages.ts';
import type { Incoming } from './publication-codec.ts';
import type { Outgoing } from './publishing.ts';
import type { Place } from './sending-order.ts';

export type BrokerEvent =
  | { readonly type: 'wake' }
  | { readonly type: 'opened'; readonly client: ClientId; readonly kin: ClientId | undefined }
  | { readonly type: 'said'; readonly client: ClientId; readonly verb: ClientVerb }
  | { readonly type: 'taken'; readonly client: ClientId; readonly bytes: number }
  | { readonly type: 'joined'; readonly node: NodeId }
  | { readonly type: 'left'; readonly node: NodeId }
  /** So many frames of its broadcasts are lost for us. */
  | { readonly type: 'missed'; readonly node: NodeId; readonly frames: number }
  | { readonly type: 'heard'; readonly from: NodeId; readonly message: BrokerMessage }
  | { readonly type: 'published'; readonly incoming: Incoming }
  /** What did not parse. */
  | { readonly type: 'malformed' }
  /** A `send` is over. */
  | {
      readonly type: 'sent';
      readonly to: NodeId;
      readonly message: BrokerMessage;
      readonly hasArrived: boolean;
    }
  /** So many of what was `publish`ed to this Node alone have reached it. */
  | { readonly type: 'delivered'; readonly to: NodeId; readonly count: number }
  /** A `publish` did not leave, or did not arrive at the one Node that it was for. */
  | { readonly type: 'unsent'; readonly outgoing: Outgoing; readonly place: Place }
  | { readonly type: 'close'; readonly reason: string };

export type BrokerEffect =
  | { readonly type: 'tell'; readonly client: ClientId; readonly verb: BrokerVerb }
  /** Its last word has been said, on either side. */
  | { readonly type: 'ended'; readonly client: ClientId }
  /** To one Node, in order; answered by `sent`. */
  | { readonly type: 'send'; readonly to: NodeId; readonly message: BrokerMessage }
  /** To all, in order with what is published. */
  | { readonly type: 'broadcast'; readonly message: BrokerMessage }
  /** To one, answered by `delivered` or `unsent`; or to several, in the order of this Node's broadcasts. `place` says which. */
  | { readonly type: 'publish'; readonly outgoing: Outgoing; readonly place: Place };
