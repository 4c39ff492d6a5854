/**
 * Members as a person sees them. Round trips wander, and one that is no neighbour is asked so seldom that it counts as unchecked now and
 * then: were each of these a change, every idle tab would lay out and paint its list again every other second.
 */
import type { Member } from '../../mesh/index.ts';

/** What differs by less, nobody reads: a quarter, or a millisecond. */
const NOTABLE_SHARE = 1 / 4;
const NOTABLE_MS = 1;

/** `now`, with what was shown before in the place of who looks the same; `before` itself when all do. */
export function steadyMembers(before: readonly Member[], now: readonly Member[]): readonly Member[] {
  const shown = new Map(before.map((member) => [member.id, member]));
  const members = now.map((member) => {
    const old = shown.get(member.id);
    return old && looksTheSame(old, member) ? old : member;
  });
  const isSame = members.length === before.length && members.every((member, i) => member === before[i]);
  return isSame ? before : members;
}

function looksTheSame(old: Member, member: Member): boolean {
  // Heard, and not again for a minute: it is still not one that was never heard.
  const isAsHealthy =
    old.health === member.health || (old.health === 'healthy' && member.health === 'unchecked');
  return (
    isAsHealthy &&
    old.attributes === member.attributes &&
    old.isSelf === member.isSelf &&
    old.isNeighbour === member.isNeighbour &&
    old.hops === member.hops &&
    old.sinceMs === member.sinceMs &&
    isNear(old.rttMs, member.rttMs)
  );
}

function isNear(old: number | undefined, ms: number | undefined): boolean {
  if (old === undefined || ms === undefined) return old === ms;
  return Math.abs(old - ms) < Math.max(NOTABLE_MS, old * NOTABLE_SHARE);
}
