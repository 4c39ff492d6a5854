/** What signaling through the mesh may cost, and how long it waits: every number and where it comes from. */
import type { Rate } from '../health/rate-limit.ts';

/**
 * An offer that had no answer by then is said again, and again after twice as long: relays may drop it, or die with it, and who
 * does not know the life of a newcomer yet cannot check its seal. A busy page takes a quarter of a second to answer.
 */
export const REPEAT_MS = 400;
export const MAX_REPEATS = 3;
/** Nothing of a negotiation is taken or repeated later: the transport gives up a call without an answer after 5 s. */
export const NEGOTIATION_MS = 15_000;
/** Of ours at once. More than the neighbour policy has under way (MAX_UNDER_WAY), and those that failed within NEGOTIATION_MS. */
export const MAX_OUTGOING = 128;
/** Of others at once: each costs our transport a connection while it lasts, of which a tab has 500 and uses 20. */
export const MAX_INCOMING = 24;
/** Of one Node: a call, and the next one when the first was lost on the way. */
export const MAX_INCOMING_OF_ONE = 2;
/** Of all that one neighbour brings, in whosever name: who makes up names by the dozen leaves half to those whom others bring. */
export const MAX_INCOMING_BY_ONE = MAX_INCOMING / 2;
/** Addresses of one end: a laptop with VPN, Wi-Fi and cable over UDP and TCP, host, reflexive and relayed, has about twenty. */
export const MAX_CANDIDATES = 32;
/** Signals looked at of one Node and of all: a call has one description and some candidates each way. */
export const SIGNALS_OF_EACH: Rate = { perSecond: 8, burst: 120 };
export const SIGNALS_OF_ALL: Rate = { perSecond: 200, burst: 1_000 };
/** Of one neighbour, and of whomever it brings: half of all. */
export const SIGNALS_BY_ONE: Rate = { perSecond: 100, burst: 500 };
/** Offers taken of one Node and of all. A Node that lost its Link calls after 0.1 s, then after pauses that double. */
export const OFFERS_OF_EACH: Rate = { perSecond: 0.5, burst: 6 };
export const OFFERS_OF_ALL: Rate = { perSecond: 10, burst: 48 };
/** Of one neighbour, and of whomever it brings: half of all. */
export const OFFERS_BY_ONE: Rate = { perSecond: 5, burst: 24 };
/** A new path is looked for at most so often: it takes a round trip by the signals' way and some checks. */
export const RESTART_EVERY_MS = 4_000;
/** So long after a call by the mesh came to nothing, the rendezvous is asked instead, if it is there. */
export const DISTRUST_MS = 20_000;
/** Nodes of which that is remembered. */
export const MAX_DISTRUSTED = 256;
