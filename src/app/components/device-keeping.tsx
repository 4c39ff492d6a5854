/** What this device keeps on its disk between visits, and the way to be rid of it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import { countOf, formatBytes } from '../state/format.ts';
import { useApp } from './app-context.ts';

export function DeviceKeeping() {
  const { session, notices } = useApp();
  const { keeping } = session;
  const kept = useSignal<{ readonly networks: number; readonly bytes: number } | undefined>(undefined);
  const isForgetting = useSignal(false);
  useEffect(() => {
    // Where the disk is away nothing is kept, and there is nothing to say.
    keeping.kept().then(
      (found) => {
        kept.value = found;
      },
      () => {},
    );
  }, [kept, keeping]);
  async function forget(): Promise<void> {
    isForgetting.value = true;
    try {
      await keeping.forget();
      kept.value = await keeping.kept();
    } catch (error) {
      notices.add('error', 'disk', 'What this device keeps could not be removed', [messageOf(error)]);
    } finally {
      isForgetting.value = false;
    }
  }
  if (!kept.value) return null;
  const { networks, bytes } = kept.value;
  return (
    <p class="device-keeping">
      <span class="muted">
        Keeps {formatBytes(bytes)} of {countOf(networks, 'network')}: renders and scenes, to go on after a
        restart.
      </span>
      <button
        type="button"
        class="button small"
        disabled={isForgetting.value || bytes === 0}
        onClick={() => void forget()}
      >
        Forget
      </button>
    </p>
  );
}
