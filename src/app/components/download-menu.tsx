/** The picture as a file: what most want at a click, the other formats in a menu beside it. What is kept is what is shown. */
import { FRAMES_FORMATS, PICTURE_FORMATS } from '../picture-file.ts';
import type { JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { Menu } from './menu.tsx';

export function DownloadMenu({ view }: { readonly view: JobView }) {
  const { picture } = useApp();
  const isDisabled = view.progress.value.samplesDone === 0 || picture.saving.value !== undefined;
  return (
    <Menu
      name="Download as"
      title="Other formats"
      icon="chevron"
      isDisabled={isDisabled}
      items={[
        ...(view.job.frames.length > 1
          ? FRAMES_FORMATS.map(({ format, label, hint }) => ({
              label,
              hint,
              choose: () => void picture.downloadFrames(view, format),
            }))
          : []),
        ...PICTURE_FORMATS.map(({ format, label, hint }) => ({
          label,
          hint,
          choose: () => void picture.download(view, format),
        })),
      ]}
    >
      <button
        type="button"
        class="button"
        aria-label="Download PNG"
        disabled={isDisabled}
        onClick={() => void picture.download(view, 'png8')}
      >
        <Icon name="download" />
        <span>PNG</span>
      </button>
    </Menu>
  );
}
