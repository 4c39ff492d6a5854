/**
 * What one socket, one address and all together may cost. A limit is on what honest tabs need with room to spare; whoever
 * goes beyond loses the surplus, then the socket. `npm run bench -- server` measures what the worst behaviour inside them costs.
 */
export interface Limits {
  /** Sockets of the whole process. An idle one costs some 12 KiB. */
  readonly maxSockets: number;
  /** Sockets of one address: a school or a studio behind one router comes from one. No address can have a tenth of the default whole. */
  readonly maxSocketsPerAddress: number;
}

export const DEFAULT_LIMITS: Limits = { maxSockets: 20_000, maxSocketsPerAddress: 1_024 };

/** An address may open all its sockets at once, after a restart of the server, and then so many a second, as a share of them. */
export const SOCKET_REFILL_PER_SECOND = 1 / 20;

/** Connections without a socket, of one address and of all, however few sockets there may be: a browser opens six at once. */
export const LEAST_PLAIN_CONNECTIONS = 256;

/** A socket that has not proved its id by then is closed. */
export const PROOF_TIMEOUT_MS = 10_000;

/** An offer with all its candidates is below 10 KiB. */
export const MAX_FRAME_BYTES = 16 * 1024;
/** Values in one message: an offer has about fifteen. What is small as text can be large as objects. */
export const MAX_FRAME_ELEMENTS = 128;
/** Fragments of one message; PeerJS sends one. */
export const MAX_FRAGMENTS = 8;
/** Malformed or surplus messages before a socket is closed. They are forgiven one every ten seconds. */
export const MAX_STRIKES = 20;
export const STRIKES_FORGIVEN_PER_SECOND = 0.1;

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Meeting eight others at once is about a hundred frames: an offer, an answer and some candidates each. */
export const SOCKET_FRAMES: Rate = { burst: 1_000, perSecond: 100 };
export const SOCKET_BYTES: Rate = { burst: 1024 * 1024, perSecond: 64 * 1024 };
/** A room of sixty-four behind one router that opens at once. */
export const ADDRESS_FRAMES: Rate = { burst: 32_000, perSecond: 2_000 };
export const ADDRESS_BYTES: Rate = { burst: 32 * 1024 * 1024, perSecond: 1024 * 1024 };

/** Offers of one Node to another: a retry doubles from half a second. */
export const PAIR_OFFERS: Rate = { burst: 8, perSecond: 0.5 };
/** Offers to one Node from all ids of one address, because ids cost nothing. */
export const ADDRESS_OFFERS_TO_ONE: Rate = { burst: 64, perSecond: 4 };
/** Pairs and addresses whose rate is remembered, per socket. */
export const MAX_REMEMBERED_RATES = 256;

/** What waits to be read by a client before signals to it are dropped. */
export const MAX_UNREAD_BYTES = 256 * 1024;
