/** The picture as a file: what most want at a click, the other formats in a menu beside it. What is kept is what is shown. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { PICTURE_FORMATS, type PictureFormat } from '../picture-file.ts';
import type { JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function DownloadMenu({ view }: { readonly view: JobView }) {
  const { picture } = useApp();
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const isDisabled = view.progress.value.samplesDone === 0 || picture.saving.value !== undefined;
  const download = (format: PictureFormat): void => {
    isOpen.value = false;
    void picture.download(view, format);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to the focus leaving its menu
    <div
      ref={root}
      class="split"
      onBlur={(event) => {
        if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget)))
          isOpen.value = false;
      }}
    >
      <button
        type="button"
        class="button"
        aria-label="Download PNG"
        disabled={isDisabled}
        onClick={() => download('png8')}
      >
        <Icon name="download" />
        <span>PNG</span>
      </button>
      <button
        ref={opener}
        type="button"
        class="button icon"
        aria-label="Download as"
        title="Other formats"
        aria-haspopup="menu"
        aria-expanded={isOpen.value}
        disabled={isDisabled}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name="chevron" />
      </button>
      {isOpen.value && (
        <Formats
          onChoose={download}
          onClose={() => {
            isOpen.value = false;
            opener.current?.focus();
          }}
        />
      )}
    </div>
  );
}

interface FormatsProps {
  readonly onChoose: (format: PictureFormat) => void;
  readonly onClose: () => void;
}

function Formats({ onChoose, onClose }: FormatsProps) {
  const list = useRef<HTMLDivElement>(null);
  const items = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('[role]') ?? [])];
  useEffect(() => items()[0]?.focus(), []);
  return (
    <div
      ref={list}
      class="menu"
      role="menu"
      tabIndex={-1}
      aria-label="Download as"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        const all = items();
        const at = all.findIndex((item) => item.contains(document.activeElement));
        all[(at + step + all.length) % all.length]?.focus();
      }}
    >
      {PICTURE_FORMATS.map(({ format, label, hint }) => (
        <button
          key={format}
          type="button"
          role="menuitem"
          tabIndex={-1}
          aria-label={label}
          onClick={() => onChoose(format)}
        >
          <span>{label}</span>
          <span class="muted">{hint}</span>
        </button>
      ))}
    </div>
  );
}
