/**
 * Who is in a room: devices, by an X25519 key that a device keeps with the room, each with the newest author that it was and what it may. A
 * checkpoint names those that have come since the one before it; so all have the same list, and new keys go to whoever is on it, here or not.
 */
import { concatBytes, fromHex, toHex } from '../../runtime/index.ts';
import type { AuthorId, DeviceId, Grant, Plain } from './contract.ts';

export interface MemberEntry {
  readonly device: DeviceId;
  readonly author: AuthorId;
  readonly grant: Grant;
}

export type Members = ReadonlyMap<DeviceId, MemberEntry>;

/** A rotation has an entry of 57 bytes for each. */
export const MAX_MEMBERS = 512;
const KEY_BYTES = 32;
const ENTRY_BYTES = 2 * KEY_BYTES + 1;
const GRANTS = ['read', 'write', 'admin'] as const;

/** When these have come and those have been removed. */
export function membersAfter(
  members: Members,
  {
    members: come,
    removed,
  }: { readonly members: readonly MemberEntry[]; readonly removed: readonly DeviceId[] },
): Members {
  if (come.length === 0 && removed.length === 0) return members;
  const all = new Map(members);
  for (const entry of come) if (all.has(entry.device) || all.size < MAX_MEMBERS) all.set(entry.device, entry);
  for (const device of removed) all.delete(device);
  return all;
}

export function rankOf(grant: Grant): number {
  return GRANTS.indexOf(grant);
}

/** By device, ascending: equal ones have equal bytes. */
export function encodeMembers(entries: Iterable<MemberEntry>): Uint8Array {
  const sorted = [...entries].sort((a, b) => (a.device < b.device ? -1 : 1));
  return concatBytes(
    ...sorted.flatMap(({ device, author, grant }) => [
      fromHex(device),
      fromHex(author),
      Uint8Array.of(rankOf(grant)),
    ]),
  );
}

/** Undefined where these bytes are not what `encodeMembers` writes. */
export function decodeMembers(bytes: Plain | undefined): readonly MemberEntry[] | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.length % ENTRY_BYTES !== 0) return undefined;
  if (bytes.length > MAX_MEMBERS * ENTRY_BYTES) return undefined;
  const entries: MemberEntry[] = [];
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const device = toHex(bytes.subarray(at, at + KEY_BYTES)) as DeviceId;
    const author = toHex(bytes.subarray(at + KEY_BYTES, at + 2 * KEY_BYTES)) as AuthorId;
    const grant = GRANTS[bytes[at + 2 * KEY_BYTES] ?? GRANTS.length];
    if (!grant || device <= (entries.at(-1)?.device ?? '')) return undefined;
    entries.push({ device, author, grant });
  }
  return entries;
}

export function membersOf(entries: readonly MemberEntry[]): Members {
  return new Map(entries.map((entry) => [entry.device, entry]));
}
