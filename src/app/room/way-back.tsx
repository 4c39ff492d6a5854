/** Out of a room with a link of its own: that of the network is a step away, also where the link opens nothing. */
import { useApp } from '../components/app-context.ts';

/** The address changes, and with it the page begins anew, as with any link. */
export function WayBack() {
  const { session } = useApp();
  return (
    <a class="button small room-way-back" href={session.inviteFragment}>
      To the network’s room
    </a>
  );
}
