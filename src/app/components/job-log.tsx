/** The log of the shown render, loaded when it is opened: what happened, and what each device did. */
import { useSignal } from '@preact/signals';
import { LazyPart } from './lazy-part.tsx';

const load = async () => (await import('./job-log-list.tsx')).JobLogList;

export function JobLog() {
  const isOpen = useSignal(false);
  return (
    <details
      class="job-log"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>Log of this render</summary>
      {isOpen.value && (
        <LazyPart
          name="the log"
          load={load}
          onFailed={() => {
            isOpen.value = false;
          }}
        />
      )}
    </details>
  );
}
