/** What must be true of a room whatever befell it: while it runs, and once the network is at rest. */

import { createHash } from 'node:crypto';
import { encodePlain } from '../../src/services/rooms/canonical.ts';
import type { Plain } from '../../src/services/rooms/contract.ts';
import { Parents } from './parents.ts';
import { RoomNet } from './room-net.ts';
import { scenarios } from './scenarios.ts';
import type { SimRoom } from './sim-room.ts';
import type { Scenario } from './stories.ts';

/** The longest wait of any of them after the last fault: a request that is not answered, a rest, a beat. */
const REST_MS = 60_000;
/** Of rooms below a cap of so much. */
const MAX_HISTORY_BYTES = 1024 * 1024;
/** While it runs, all is looked at so often. */
const LOOK_MS = 250;

export function play(name: string, seed: number): readonly string[] {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`there is no scenario "${name}"`);
  const net = new RoomNet(seed, scenario.limits);
  // Every other time somebody makes checkpoints.
  net.hasMaker = seed % 2 === 1;
  let isOver = false;
  const seen = new Map<SimRoom, Look>();
  const parents = new Map<SimRoom, Parents>();
  const look = (): void => {
    for (const room of net.alive) {
      const now = lookAt(room);
      const looking = parents.get(room) ?? new Parents();
      parents.set(room, looking);
      if (!isSame(now, seen.get(room))) net.problems.push(...always(net, room, looking));
      seen.set(room, now);
    }
    net.problems.push(...disagreements(net));
    if (!isOver) net.after(LOOK_MS, look);
  };
  look();
  scenario.play(net);
  isOver = true;
  for (const room of net.alive) net.thaw(room);
  net.runFor(REST_MS);
  look();
  net.problems.push(...atRest(net, scenario), ...net.atRest.flatMap((look) => look()));
  return [...new Set(net.problems)];
}

/** What a room has and has made of it: where that is as before, so is what is true of it. */
type Look = Readonly<Record<'count' | 'heads' | 'tip' | 'base' | 'state' | 'keptBytes', unknown>>;

function lookAt({ state: { updates, heads, tip, history, state } }: SimRoom): Look {
  const { base, keptBytes } = history;
  return {
    count: updates.length,
    heads: heads.join(),
    tip: tip?.hash,
    base: base?.checkpoint,
    state,
    keptBytes,
  };
}

function isSame(a: Look, b: Look | undefined): boolean {
  if (!b) return false;
  const isWhole = a.count === b.count && a.heads === b.heads && a.tip === b.tip;
  return isWhole && a.base === b.base && a.state === b.state && a.keptBytes === b.keptBytes;
}

/** R2, R4, R9. */
function always(net: RoomNet, { state }: SimRoom, parents: Parents): readonly string[] {
  const problems: string[] = [];
  const { base, keptBytes: kept } = state.history;
  if (!parents.areIn(state.updates, base?.closed)) problems.push('R2: an update is in without its parents');
  if (kept > 1.1 * Math.max(MAX_HISTORY_BYTES, net.genesis.limits.maxBytes))
    problems.push(`R9: ${kept} bytes of updates are kept`);
  const { bytes } = encodingOf(state.state);
  if (bytes > net.genesis.limits.maxBytes) problems.push(`R4: the state has ${bytes} bytes`);
  return problems;
}

interface Encoding {
  readonly bytes: number;
  readonly hash: string;
}

/** Of states that were met: rooms keep them frozen. */
const encodings = new WeakMap<object, Encoding>();

function encodingOf(state: Plain): Encoding {
  const known = typeof state === 'object' && state !== null ? encodings.get(state) : undefined;
  if (known) return known;
  const encoded = encodePlain(state);
  const encoding = { bytes: encoded.length, hash: createHash('sha256').update(encoded).digest('hex') };
  if (typeof state === 'object' && state !== null && Object.isFrozen(state)) encodings.set(state, encoding);
  return encoding;
}

/** R1: who has the same has the same state. */
function disagreements(net: RoomNet): readonly string[] {
  const byHeads = new Map<string, string>();
  for (const room of net.alive) {
    const heads = `${room.state.tip?.hash} ${room.state.heads.join()}`;
    if (room.isBlind) continue;
    const { hash } = encodingOf(room.state.state);
    if ((byHeads.get(heads) ?? hash) !== hash) return ['R1: the same updates, and other states'];
    byHeads.set(heads, hash);
  }
  return [];
}

function atRest(net: RoomNet, { limits }: Scenario): readonly string[] {
  const problems: string[] = [];
  const within = net.alive.filter((room) => !room.isRemoved);
  const [first] = within;
  if (!first) return ['nobody is left'];
  const truths = new Map<string, string>();
  for (const room of net.alive.filter(({ isRemoved }) => isRemoved)) {
    if (room.pending.size > 0) problems.push(`R10: these do not settle: ${[...room.pending.values()]}`);
  }
  for (const room of within) {
    const { heads, sync, state, tip } = room.state;
    if (heads.join() !== first.state.heads.join()) problems.push('R5: what one has has not reached all');
    if (room.state.tip?.hash !== first.state.tip?.hash) problems.push('finality has two branches');
    const had = `${tip?.hash} ${heads.join()}`;
    if (!room.isBlind && !truths.has(had)) truths.set(had, JSON.stringify(net.truth.stateOf(tip, heads)));
    if (!room.isBlind && JSON.stringify(state) !== truths.get(had))
      problems.push('R1: the state is not that of a sequential reduce');
    if (room.pending.size > 0) problems.push(`R10: these do not settle: ${[...room.pending.values()]}`);
    if (sync.type === 'behind') problems.push('R5: somebody is behind for ever');
    // A cap that is reached makes no-ops of what honest Nodes write; all else is a lie.
    const isExcused = (limits?.maxBytes ?? MAX_HISTORY_BYTES) < 1_000;
    for (const [id, reason] of isExcused ? [] : room.blamed) {
      if (!net.liars.has(id) && !net.booted.has(id)) problems.push(`an honest Node was blamed: ${reason}`);
    }
  }
  return problems;
}
