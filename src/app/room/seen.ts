/** Up to which line of each room this browser has looked: what comes after it is unread. */
import type { RoomId, UpdateHash } from '../../services/rooms/index.ts';

const KEY = 'leafcutter-rooms-seen';
/** Of more, the one looked at longest ago goes. */
const MAX_ROOMS = 20;

type Seen = readonly (readonly [room: string, line: string])[];

export function lastSeen(room: RoomId): UpdateHash | undefined {
  const [, line] = read().find(([id]) => id === room) ?? [];
  return line as UpdateHash | undefined;
}

export function rememberSeen(room: RoomId, line: UpdateHash): void {
  if (lastSeen(room) === line) return;
  const others = read().filter(([id]) => id !== room);
  try {
    localStorage.setItem(KEY, JSON.stringify([...others, [room, line]].slice(-MAX_ROOMS)));
  } catch {
    inMemory = [...others, [room, line]];
  }
}

/** Where storage is refused it lasts for this visit. */
let inMemory: Seen = [];

function read(): Seen {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    const rooms = Array.isArray(kept) ? kept.filter(isPair) : [];
    return rooms.length > 0 ? rooms : inMemory;
  } catch {
    return inMemory;
  }
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');
}
