/** How many Links, with whom, and how eagerly: every number of the neighbour policy and where it comes from. */

/** Above this many Nodes the mesh is partial: 28 Edges are nothing, and every message takes one hop. */
export const FULL_MESH_NODES = 8;
/** log2 of a few dozen Nodes (HyParView: fan-out + 1), and what hobby networks bear as upstreams. */
export const TARGET_DEGREE = 6;
/**
 * As many are had soon; the rest of the slots are filled when none has come by itself for SLOT_PATIENCE_MS. Later newcomers
 * fill them, and everyone's degree stays far from the cap: each that called six at once would leave a mean of twelve.
 */
export const SECURE_DEGREE = 3;
export const SLOT_PATIENCE_MS = 3_000;
/** The same in the first moments of a Node: where one has come, others come. */
export const NEWCOMER_PATIENCE_MS = 8_000;
/** Above it, surplus goes; the gap to the target keeps Links from coming and going. */
export const TRIM_ABOVE_DEGREE = 8;
/** Nobody that has another path to us gets a Link beyond this. */
export const MAX_DEGREE = 12;
/** Whoever has no path to us gets one even then: refused by all who are full, it would never get in. Surplus goes later. */
export const MAX_DEGREE_FOR_STRANGERS = 16;
/** Of the target, for Nodes a short round trip away; the majority is chosen by chance, so that the graph has no far corners. */
export const NEAR_SLOTS = 2;

/** Members looked at when a slot is free: enough that one of them is near. */
export const MEMBER_SAMPLE = 18;
/** Slots that are free, because calls failed or everyone was full, are looked at again after about this. */
export const REFILL_LOOK_MS = 1_000;

/** Nodes without a path to us, called or shaking hands at once while we have neighbours: ghosts must not fill our slots. */
export const MAX_STRANGERS_PENDING = 4;
/**
 * A newcomer calls one of those whom the rendezvous names; the others it finds, and calls, through the first that answers. While none
 * has, one more each time so much has passed (RFC 8305, Happy Eyeballs: half of that), up to MAX_DEGREE: among a thousand ghosts
 * somebody answers. Where calls take long, GRACE_CALLS times that: on a busy machine further calls slow down those under way.
 */
export const NEXT_CALL_MS = 500;
/** While alone we look again so often; what may be tried then, the pauses of the attempts say. */
export const ALONE_LOOK_MS = 500;
/** One Node tries a stranger about so often, or once in GRACE_CALLS calls where those take longer; a mesh of N does N / NODES_PER_APPROACH times that at most, whatever N. */
export const APPROACH_MS = 2_000;
export const NODES_PER_APPROACH = 4;

/** Links and calls together: a tab bears 500 connections, and a call to a ghost lasts fifteen seconds. */
export const MAX_UNDER_WAY = 24;
/** Addresses looked at, of those remembered, at a time. */
export const REMEMBERED_SAMPLE = 16;

/** How long residents leave it to a newcomer to call, plus jitter of the same size; longer where calls take long (call-times.ts). */
export const NEWCOMER_GRACE_MS = 1_000;
/** So many times what a call takes here: theirs may have been made last among several. */
export const GRACE_CALLS = 3;
/** More is not believed, however long one took. */
export const SLOWEST_CALL_MS = 5_000;
/** A call takes at least so many times what its offer takes to leave: 4 to 20 times, measured with 4 and 16 tabs on two busy cores. */
export const OFFERS_PER_CALL = 4;
/** A newcomer in a large room that reached nobody is called by about so many residents. */
export const RESIDENTS_PER_NEWCOMER = 4;
/** How long a newcomer without a path is sought for its own sake; afterwards it is a stranger like others. */
export const SEEK_NEWCOMER_MS = 20_000;
/**
 * A lost neighbour that was reached over others, and is cut off now, is left to them so long, plus jitter of the same size: their
 * own Links are mended within REDIAL_AFTER_MS and some round trips, and only then is there a need for the rendezvous.
 */
export const CUT_OFF_GRACE_MS = 500;
/** How long a lost neighbour is; longer than a laptop's lid is shut for a walk to the next room. */
export const SEEK_LOST_MS = 180_000;
/** Neighbours at most (MAX_DEGREE_FOR_STRANGERS), and the newcomers of a crowded minute. */
export const MAX_SOUGHT = 64;

/** A Link that broke is called for again after this, plus jitter of REDIAL_JITTER_MS: a frozen tab is back within two seconds. */
export const REDIAL_AFTER_MS = 100;
export const REDIAL_JITTER_MS = 200;
/** The rendezvous is back, so calls may come through again: whoever could not be reached is called within this. */
export const RENDEZVOUS_BACK_MS = 2_000;
/** The greater id lets the smaller one begin, so that two calls rarely cross. */
export const YIELD_MS = 150;

/** Surplus goes only when our own Links have been at rest so long, plus jitter of the same size. */
export const TRIM_QUIET_MS = 4_000;
/** The same above MAX_DEGREE, where strangers need the room. */
export const TRIM_QUIET_CROWDED_MS = 1_000;
/** Between the choice of a Link that goes and its end: within it a neighbour that has died is silent (health/rhythm.ts). */
export const TRIM_SECOND_LOOK_MS = 3_000;
/** Nothing could be spared: how long until we look again, at most. */
export const TRIM_LONGEST_PAUSE_MS = 60_000;
/** A younger Link was wanted by somebody a moment ago. */
export const TRIM_MIN_AGE_MS = 10_000;
/** Above MAX_DEGREE; a little longer than a Link must last to count as one that did (STABLE_AFTER_MS). */
export const TRIM_MIN_AGE_CROWDED_MS = 3_500;
/** Above MAX_DEGREE so many looks find nothing, since all have just come, before the pauses grow. */
export const CROWDED_LOOKS = 4;
/** Across a longer detour the trimmed neighbour would be far. */
export const MAX_DETOUR_HOPS = 4;

/** A first look for nearer neighbours; each further one after twice the time, because every change costs all Nodes bytes. */
export const NEAR_SEARCH_MS = 20_000;
export const NEAR_SEARCH_LONGEST_MS = 3_600_000;
/** How many members are looked at, and how much nearer one has to be. */
export const NEAR_SEARCH_SAMPLE = 16;
export const NEAR_GAIN = 2;
/** Of less nobody notices, ms. */
export const NEAR_GAIN_MIN_MS = 5;

/** Of a Network this large nobody needs to know all: enough to choose from, and a bound on what a rendezvous makes us keep. */
export const MAX_REGISTERED = 4_096;
/** Newcomers looked at per list of the rendezvous. */
export const MAX_NEWCOMERS = 16;
