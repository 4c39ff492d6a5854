/** Says that this tab is not in the network any more, because its identity goes on elsewhere, and leads back in. */
import { sentence } from '../state/format.ts';
import { useApp } from './app-context.ts';

export function Departure() {
  const reason = useApp().people.departure.value;
  if (reason === undefined) return null;
  return (
    <div class="notices">
      <div class="notice error" role="alert">
        <div>
          <strong>This tab has left the network</strong>
          <p>{sentence(reason)} What is on the stage stays until you join again.</p>
          <button type="button" class="button primary" onClick={() => location.reload()}>
            Join again as a new device
          </button>
        </div>
      </div>
    </div>
  );
}
