/** What to render: a few choices at first sight, the rest behind "Advanced". */
import { formatCount } from '../state/format.ts';
import { SIZE_PRESETS } from '../state/settings-form.ts';
import { AdvancedSettings } from './advanced-settings.tsx';
import { useApp } from './app-context.ts';
import { EnvironmentField } from './environment-field.tsx';
import { Icon } from './icon.tsx';
import { LazyPart } from './lazy-part.tsx';
import { LookFields } from './look-fields.tsx';
import { FieldError, NumberInput } from './number-input.tsx';
import { QualityFields } from './quality-fields.tsx';

const loadAnimation = async () => (await import('./animation-fields.tsx')).AnimationFields;

export function Settings() {
  const open = useApp().scene.open.value;
  const isMoving = open !== undefined && open.animations.length > 0;
  return (
    <form
      class="settings"
      onSubmit={(event) => event.preventDefault()}
      aria-label="Render settings"
      autocomplete="off"
    >
      <h2>Render settings</h2>
      <SizeFields />
      <QualityFields />
      <EnvironmentField />
      <LookFields />
      {isMoving && (
        <LazyPart name="what moves in the scene" load={loadAnimation} onFailed={() => undefined} />
      )}
      <AdvancedSettings />
    </form>
  );
}

function SizeFields() {
  const { settings } = useApp();
  const { width, height } = settings.form.value;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid row */}
      <div class="field" role="group" aria-label="Size">
        <span class="field-label">Size</span>
        <div class="chips">
          {SIZE_PRESETS.map((preset) => (
            <button
              key={preset.name}
              type="button"
              class="button small"
              title={`${formatCount(preset.width)} × ${formatCount(preset.height)} pixels`}
              aria-pressed={width === String(preset.width) && height === String(preset.height)}
              onClick={() => settings.change({ width: String(preset.width), height: String(preset.height) })}
            >
              {preset.name}
            </button>
          ))}
        </div>
      </div>
      <div class="field">
        <span class="field-label">Pixels</span>
        <div class="field-pair">
          <NumberInput field="width" />
          <button
            type="button"
            class="button quiet icon"
            aria-label="Swap width and height"
            title="Swap width and height"
            onClick={() => settings.change({ width: height, height: width })}
          >
            <Icon name="swap" />
          </button>
          <NumberInput field="height" />
        </div>
        <FieldError field="width" />
        <FieldError field="height" />
      </div>
    </>
  );
}
