/** Cards that tell of errors (read aloud at once) and warnings; they stay until dismissed. */
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function Notices() {
  const { notices } = useApp();
  return (
    <div class="notices">
      {notices.notices.value.map(({ id, kind, title, details }) => (
        <div key={id} class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
          <div>
            <strong>{title}</strong>
            {details.map((line) => (
              <p key={line}>{line}</p>
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
