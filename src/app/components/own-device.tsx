/** This device's line: its name and the workers it lends can be changed. */
import { useSignal } from '@preact/signals';
import { deviceInfoOf, MAX_DEVICE_NAME_LENGTH } from '../../farm/index.ts';
import type { Member } from '../../mesh/index.ts';
import { countOf } from '../state/format.ts';
import { maxWorkers, readWorkers } from '../state/settings-form.ts';
import { useApp } from './app-context.ts';

export function OwnDevice({ member }: { readonly member: Member }) {
  const app = useApp();
  const { cores, deviceName } = deviceInfoOf(member.attributes);
  const typed = useSignal<string | undefined>(undefined);
  const isBad = typed.value !== undefined && readWorkers(typed.value, cores) === undefined;
  return (
    <div class="person-text">
      <p class="person-name">
        <input
          class="input plain"
          aria-label="Device name"
          title="Rename this device"
          maxLength={MAX_DEVICE_NAME_LENGTH}
          value={deviceName}
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
            value={typed.value ?? String(app.jobs.workers.value)}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
              const count = readWorkers(typed.value, cores);
              if (count !== undefined) app.lendWorkers(count);
            }}
            onBlur={() => {
              typed.value = undefined;
            }}
          />
        </label>
      </p>
      {isBad && (
        <p id="workers-error" class="field-error">
          Workers must be a whole number from 0 to {maxWorkers(cores)}.
        </p>
      )}
    </div>
  );
}
