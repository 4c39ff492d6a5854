/** How a room and its updates look in a terminal, for people and for programs. */
import type { KeptRoom, Plain, RoomUpdate } from '../services/rooms/index.ts';
import { printableLine } from './printable.ts';

const FORMAT = 'leafcutter room export 1';

/** One line: when its author says that it was, who, what. */
export function updateLine({ author, claimedAtMs, update }: RoomUpdate): string {
  const what = typeof update === 'string' ? update : JSON.stringify(jsonOf(update));
  return `${dateOf(claimedAtMs)} ${author.slice(0, 8)} ${printableLine(what)}`;
}

export function updateRecord({ hash, author, claimedAtMs, parents, update }: RoomUpdate): object {
  return { hash, author, at: claimedAtMs, parents, update: jsonOf(update) };
}

/** All that is kept of a room. With its reducer, these updates in this order give its state: on its beginning, or on the base. */
export function exportRecord(room: Pick<KeptRoom, 'id' | 'beginning' | 'base' | 'updates'>): object {
  const { reducer, initial, limits } = room.beginning;
  return {
    ...{ format: FORMAT, room: room.id, reducer, limits, initial: jsonOf(initial) },
    ...(room.base && { base: { ...room.base, state: jsonOf(room.base.state) } }),
    updates: room.updates().map(updateRecord),
  };
}

/** Why a log is shorter than what was written; undefined where it is not. */
export function closedNote({ base }: Pick<KeptRoom, 'base'>): string | undefined {
  if (!base || base.updates === 0) return undefined;
  return `${updatesText(base.updates)} before these ${base.updates === 1 ? 'is' : 'are'} closed by checkpoint ${base.checkpoint} and not kept one by one: \`room export\` has what came of them`;
}

const updatesText = (updates: number): string => `${updates} ${updates === 1 ? 'update' : 'updates'}`;

/** How a room stands, on one line. */
export function roomLine(room: StandingRoom): string {
  const { sync, disk } = room;
  const others = room.members.filter(({ isHere }) => isHere).length - 1;
  const here = others === 0 ? 'nobody else here' : `${others} ${others === 1 ? 'other' : 'others'} here`;
  const state = sync.type === 'behind' ? `, ${sync.updates} to come` : '';
  return `${updatesText(room.updates().length)}, ${here}${state}; ${diskText(disk)}`;
}

export function roomRecord(room: StandingRoom): object {
  const { sync, disk } = room;
  return {
    updates: room.updates().length,
    others: room.members.filter(({ isHere }) => isHere).length - 1,
    sync,
    disk,
  };
}

/** Bytes have no JSON: they are an object with their base64. */
export function jsonOf(value: Plain): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

type StandingRoom = Pick<KeptRoom, 'sync' | 'disk' | 'members' | 'updates'>;

export function diskText(disk: StandingRoom['disk']): string {
  switch (disk.type) {
    case 'memory':
      return 'in memory';
    case 'kept':
      return 'kept';
    case 'storing':
      return `${disk.updates} being stored`;
    case 'elsewhere':
      return 'kept by another process of this folder';
    case 'trouble':
      return `${disk.updates} not stored: ${printableLine(disk.reason)}`;
  }
}

/** What an author claims may be no date that anybody could write. */
function dateOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'at no time' : date.toISOString();
}
