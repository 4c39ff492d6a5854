/** The picture as PNG, as it is now and at the exposure it is shown with. Encoded in a worker. */
import { useSignal } from '@preact/signals';
import { messageOf } from '../../runtime/index.ts';
import { downloadBytes } from '../download.ts';
import { pngName, pngOfJob } from '../picture-file.ts';
import type { JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function DownloadButton({ view }: { readonly view: JobView }) {
  const { notices, settings } = useApp();
  const isBusy = useSignal(false);
  const hasPicture = view.progress.value.samplesDone > 0;
  const download = async (): Promise<void> => {
    isBusy.value = true;
    try {
      downloadBytes(
        await pngOfJob(view.job, settings.look.peek().exposure),
        pngName(view.job.title),
        'image/png',
      );
    } catch (error) {
      notices.add('error', 'render', 'The PNG could not be made', [messageOf(error)]);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <button
      type="button"
      class="button"
      aria-label="Download PNG"
      disabled={!hasPicture || isBusy.value}
      onClick={() => void download()}
    >
      <Icon name="download" />
      <span>PNG</span>
    </button>
  );
}
