/** Cards that tell of errors (read aloud at once), warnings and news; they stay until dismissed. */
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
            <Lines lines={lines} />
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

/** So many are read at a glance. */
const SHOWN_LINES = 3;

/** A few lines are shown; of many the first, and the others when asked for. */
function Lines({ lines }: { readonly lines: readonly string[] }) {
  const shown = lines.length <= SHOWN_LINES + 1 ? lines : lines.slice(0, SHOWN_LINES);
  const others = lines.slice(shown.length);
  return (
    <>
      {shown.map((line) => (
        <p key={line}>{sentence(line)}</p>
      ))}
      {others.length > 0 && (
        <details>
          <summary>{others.length} more</summary>
          {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
          <ul role="list">
            {others.map((line) => (
              <li key={line}>{sentence(line)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
