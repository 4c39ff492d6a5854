/** What to render: a few choices at first sight, the rest behind "Advanced". */
import { formatCount } from '../state/format.ts';
import { EXPOSURE_RANGE } from '../state/settings.ts';
import { QUALITY_PRESETS, SIZE_PRESETS } from '../state/settings-form.ts';
import { useApp } from './app-context.ts';
import { CameraField } from './camera-field.tsx';
import { EnvironmentField } from './environment-field.tsx';
import { Icon } from './icon.tsx';
import { FieldError, NumberInput } from './number-input.tsx';

export function Settings() {
  const { settings } = useApp();
  const { form } = settings;
  const { width, height, samples } = form.value;
  return (
    <form
      class="settings"
      onSubmit={(event) => event.preventDefault()}
      aria-label="Render settings"
      autocomplete="off"
    >
      <h2>Render settings</h2>
      <CameraField />
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
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid row */}
      <div class="field" role="group" aria-label="Quality">
        <span class="field-label">Quality</span>
        <div class="chips">
          {QUALITY_PRESETS.map((preset) => (
            <button
              key={preset.name}
              type="button"
              class="button small"
              title={`${formatCount(preset.samples)} samples a pixel`}
              aria-pressed={samples === String(preset.samples)}
              onClick={() => settings.change({ samples: String(preset.samples) })}
            >
              {preset.name}
            </button>
          ))}
        </div>
      </div>
      <div class="field">
        <span class="field-label">Samples</span>
        <NumberInput field="samples" />
        <FieldError field="samples" />
      </div>
      <EnvironmentField />
      <ExposureField />
      <details>
        <summary>Advanced</summary>
        <div class="settings">
          <div class="field">
            <span class="field-label">Bounces</span>
            <NumberInput field="bounces" />
            <FieldError field="bounces" />
          </div>
          <div class="field">
            <span class="field-label">Seed</span>
            <NumberInput field="seed" />
            <FieldError field="seed" />
          </div>
          <p class="muted note">
            The same scene, settings and seed give the same picture hash on every machine, in any number of
            tabs.
          </p>
        </div>
      </details>
    </form>
  );
}

function ExposureField() {
  const { settings } = useApp();
  const stops = settings.exposure.value;
  return (
    <div class="field">
      <label for="exposure">Exposure</label>
      <div class="field-pair">
        <input
          id="exposure"
          type="range"
          aria-label="Exposure"
          aria-valuetext={`${stops.toFixed(1)} stops`}
          {...EXPOSURE_RANGE}
          value={stops}
          onInput={(event) => settings.setExposure(event.currentTarget.valueAsNumber)}
        />
        <button
          type="button"
          class="button quiet small exposure-value"
          title="Back to 0 stops"
          aria-label={`Reset exposure, now ${stops.toFixed(1)} stops`}
          disabled={stops === 0}
          onClick={() => settings.setExposure(0)}
        >
          {stops > 0 ? '+' : ''}
          {stops.toFixed(1)}
        </button>
      </div>
    </div>
  );
}
