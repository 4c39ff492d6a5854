/** Cards that tell of errors (read aloud at once) and warnings; they stay until dismissed. */
import { sentence } from '../state/format.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function Notices() {
  const { notices } = useApp();
  return (
    <div class="notices">
      {notices.list.value.map(({ id, kind, title, lines }) => (
        <div key={id} class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
          <div>
            <strong>{title}</strong>
            {lines.map((line) => (
              <p key={line}>{sentence(line)}</p>
            ))}
          </div>
          <button
            type="button"
            class="button quiet icon"
            aria-label={`Dismiss: ${title}`}
            onClick={() => notices.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
