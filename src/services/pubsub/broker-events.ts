/** What a BrokerState is told, and what it wants done. */
import type { ClientId } from './client-state.ts';
import type { BrokerVerb, ClientVerb } from './contract.ts';

export type BrokerEvent =
  | { readonly type: 'opened'; readonly client: ClientId; readonly kin: ClientId | undefined }
  | { readonly type: 'said'; readonly client: ClientId; readonly verb: ClientVerb }
  | { readonly type: 'taken'; readonly client: ClientId; readonly bytes: number }
  | { readonly type: 'close'; readonly reason: string };

export type BrokerEffect =
  | { readonly type: 'tell'; readonly client: ClientId; readonly verb: BrokerVerb }
  /** Its last word has been said, on either side. */
  | { readonly type: 'ended'; readonly client: ClientId };
