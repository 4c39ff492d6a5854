/** Depth of field as a photographer knows it: an f-number, and what is sharp. Off: everything is. */
import { focusText } from '../state/focus.ts';
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';
import { NumberField } from './number-input.tsx';

export function LensFields() {
  const app = useApp();
  const { settings } = app;
  const { hasLens } = settings.form.value;
  return (
    <>
      <div class="field">
        <label for="depth-of-field">Depth of field</label>
        <input
          id="depth-of-field"
          type="checkbox"
          role="switch"
          class="switch"
          checked={hasLens}
          aria-checked={hasLens}
          onChange={(event) => settings.change({ hasLens: event.currentTarget.checked })}
        />
      </div>
      {hasLens && (
        <>
          <NumberField
            field="fNumber"
            hint="As on a full frame camera (36 × 24 mm film) of the same angle of view: a smaller number blurs more."
          />
          <NumberField
            field="focus"
            name="Focus"
            placeholder={`${focusText(settings.autoFocus.value)} (middle)`}
          >
            <button
              type="button"
              class="button icon"
              aria-label="Pick the focus in the scene"
              title="Click what is to be sharp"
              aria-pressed={app.isPickingFocus.value}
              disabled={app.scene.open.value === undefined}
              onClick={app.pickFocus}
            >
              <Icon name="target" />
            </button>
          </NumberField>
        </>
      )}
    </>
  );
}
