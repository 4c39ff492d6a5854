/** What a Link (link.ts) answers with, and what it tells of itself. */
import type { Lane } from '../../wire/index.ts';
import type { LinkSnapshot } from '../contract.ts';
import type { PeerIdentity } from '../identity/identity.ts';
import type { FrameArrived, Log } from '../vocabulary.ts';
import type { Refusal } from './handshake.ts';

export type LinkEffect =
  /** Give these bytes to the channel now. */
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  /** The other side has proven itself: `accept` or `refuse` it. */
  | { readonly type: 'proven'; readonly identity: PeerIdentity }
  /** The other end has lost this Link and begins another on its channel; these bytes are its hello. */
  | { readonly type: 'begun-anew'; readonly bytes: Uint8Array }
  /** A handshake failed, here or there, or one side has cut the other off. */
  | ({ readonly type: 'refused'; readonly where: 'here' | 'there' } & Refusal)
  | FrameArrived
  | { readonly type: 'lane-free'; readonly lane: Lane }
  | Log
  /** Close the channel. Nothing follows. */
  | { readonly type: 'over'; readonly reason: string };

/** What the debug panel shows of a Link that the Link itself knows. */
export type LinkCounters = Pick<
  LinkSnapshot,
  'bytesIn' | 'bytesOut' | 'framesIn' | 'framesOut' | 'relayed' | 'malformed' | 'queuedBytes'
>;

export type Refused = Extract<LinkEffect, { readonly type: 'refused' }>;
