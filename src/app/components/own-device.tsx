/** This device's line: its name and the workers it lends can be changed. */
import { useSignal } from '@preact/signals';
import { deviceInfoOf, MAX_DEVICE_NAME_LENGTH } from '../../farm/index.ts';
import type { Member } from '../../mesh/index.ts';
import { countOf, sentence } from '../state/format.ts';
import { maxWorkers, readWorkers } from '../state/settings-form.ts';
import { useApp } from './app-context.ts';
import { LazyPart } from './lazy-part.tsx';

const loadRules = async () => (await import('./device-rules.tsx')).DeviceRules;

export function OwnDevice({ member }: { readonly member: Member }) {
  const app = useApp();
  // A page always says its cores.
  const { cores = 1, name } = deviceInfoOf(member.attributes);
  const typed = useSignal<string | undefined>(undefined);
  const { lending } = app;
  const isBad = typed.value !== undefined && readWorkers(typed.value, cores) === undefined;
  return (
    <div class="person-text">
      <p class="person-name">
        <input
          class="input plain"
          aria-label="Device name"
          title="Rename this device"
          maxLength={MAX_DEVICE_NAME_LENGTH}
          value={name}
          onChange={(event) => {
            event.currentTarget.value = app.rename(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
        <span class="tag good">you</span>
      </p>
      <p class="muted person-facts">
        <span>{countOf(cores, 'core')}</span>
        <label class="workers">
          <span>Workers</span>
          <input
            class="input"
            type="number"
            inputMode="numeric"
            min={0}
            max={maxWorkers(cores)}
            aria-label="Workers"
            aria-invalid={isBad}
            aria-describedby={isBad ? 'workers-error' : undefined}
            value={typed.value ?? String(lending.workers.value)}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
              const count = readWorkers(typed.value, cores);
              if (count !== undefined) lending.lend(count);
            }}
            onBlur={() => {
              typed.value = undefined;
            }}
          />
        </label>
        <button
          type="button"
          class="button small"
          aria-pressed={lending.isPaused.value}
          onClick={() => lending.pause(!lending.isPaused.value)}
        >
          {lending.isPaused.value ? 'Help again' : 'Pause'}
        </button>
      </p>
      {lending.whyIdle.value !== undefined && (
        <p class="muted person-facts" role="status">
          {sentence(`This device does not help now: ${lending.whyIdle.value}`)}
        </p>
      )}
      {lending.share.value !== undefined && (
        <p class="muted person-facts" role="status">
          {`${countOf(lending.share.value, 'worker')} of ${lending.workers.value} now: other tabs of this browser work, too`}
        </p>
      )}
      <LendingRules />
      {isBad && (
        <p id="workers-error" class="field-error">
          Workers must be a whole number from 0 to {maxWorkers(cores)}.
        </p>
      )}
    </div>
  );
}

function LendingRules() {
  const isOpen = useSignal(false);
  return (
    <details
      class="lending-rules"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>When to help, what to keep</summary>
      {isOpen.value && <LazyPart name="the rules" load={loadRules} onFailed={() => undefined} />}
    </details>
  );
}
