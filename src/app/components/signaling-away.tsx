/** While the signaling server is away: what that means, which is little, and a way not to wait for the next attempt. */
import { useApp } from './app-context.ts';

export function SignalingAway() {
  const { session, people } = useApp();
  if (people.rendezvous.value !== 'offline') return null;
  return (
    <div class="signaling-away" role="status">
      <p class="muted">
        The signaling server is away. Devices here stay connected and find each other without it; the page
        keeps trying.
      </p>
      <button type="button" class="button" onClick={() => session.transport.tryNow()}>
        Try now
      </button>
    </div>
  );
}
