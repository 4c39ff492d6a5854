/** What the address says on arrival: a fresh Network, one to join, or an invite that cannot be read. */
import { LeafcutterError, type Random } from '../../runtime/index.ts';
import { formatInvite, type Invite, newInvite, parseInvite } from '../../wire/index.ts';

export type Entry =
  | { readonly kind: 'fresh' | 'invited'; readonly invite: Invite; readonly fragment: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** `hash` as `location.hash` has it. `random` must be fit for secrets. */
export function readEntry(hash: string, random: Random): Entry {
  if (hash === '' || hash === '#') {
    const invite = newInvite(random);
    return { kind: 'fresh', invite, fragment: `#${formatInvite(invite)}` };
  }
  try {
    const invite = parseInvite(hash);
    // What a service put behind it stays: the link to a room.
    const [, ...rest] = hash.trim().split('&');
    return { kind: 'invited', invite, fragment: [`#${formatInvite(invite)}`, ...rest].join('&') };
  } catch (error) {
    if (error instanceof LeafcutterError) return { kind: 'unreadable', reason: error.message };
    throw error;
  }
}
