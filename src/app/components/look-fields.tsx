/** How the picture is shown: tone mapping and exposure. They change what is seen and kept as PNG, never what is rendered. */
import { TONE_MAPPINGS, type ToneMapping } from '../../render/output/index.page.ts';
import { EXPOSURE_RANGE } from '../state/settings.ts';
import { useApp } from './app-context.ts';

const NAMES: Readonly<Record<ToneMapping, string>> = {
  neutral: 'Neutral: as painted',
  agx: 'AgX: soft highlights',
  aces: 'ACES: film contrast',
  none: 'None: clip at white',
};

export function LookFields() {
  const { settings } = useApp();
  const { exposure, isAutomatic, toneMapping } = settings.look.value;
  const stops = exposure.toFixed(1);
  const shown = `${isAutomatic ? 'Auto ' : ''}${exposure > 0 ? '+' : ''}${stops}`;
  return (
    <>
      <div class="field">
        <label for="tone-mapping">Look</label>
        <select
          id="tone-mapping"
          class="select"
          aria-label="Tone mapping"
          value={toneMapping}
          onChange={(event) => {
            const chosen = TONE_MAPPINGS.find((one) => one === event.currentTarget.value);
            if (chosen) settings.setToneMapping(chosen);
          }}
        >
          {TONE_MAPPINGS.map((one) => (
            <option key={one} value={one}>
              {NAMES[one]}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="exposure">Exposure</label>
        <div class="field-pair">
          <input
            id="exposure"
            type="range"
            aria-label="Exposure"
            aria-valuetext={`${stops} stops`}
            {...EXPOSURE_RANGE}
            value={exposure}
            onInput={(event) => settings.setExposure(event.currentTarget.valueAsNumber)}
          />
          <button
            type="button"
            class="button quiet small exposure-value"
            title={
              isAutomatic ? 'What suits the picture; press to keep it' : 'Press for what suits the picture'
            }
            aria-label={`${shown} stops, automatic exposure`}
            aria-pressed={isAutomatic}
            onClick={() => settings.setAutomaticExposure(!isAutomatic)}
          >
            {shown}
          </button>
        </div>
      </div>
    </>
  );
}
