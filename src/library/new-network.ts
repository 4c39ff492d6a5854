/** A Network of one's own. */
import { systemRandom } from '../runtime/index.ts';
import { formatInvite, newInvite } from '../wire/index.ts';

/**
 * A fresh network: a name that can be read aloud and a random key of 128 bits, as the fragment of a link. Whoever has it belongs to
 * the network: keep it out of logs, and behind a `#`, where browsers keep it from servers.
 */
export function newNetwork(): string {
  return formatInvite(newInvite(systemRandom));
}
