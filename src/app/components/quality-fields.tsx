/** How good the picture gets: so many samples a pixel, or until no part of it is noisier than wanted. */
import { formatCount } from '../state/format.ts';
import { NOISE_PRESETS, QUALITY_PRESETS, type StopAt } from '../state/settings-form.ts';
import { useApp } from './app-context.ts';
import { NumberField } from './number-input.tsx';

const STOPS: readonly { readonly stopAt: StopAt; readonly text: string; readonly title: string }[] = [
  { stopAt: 'samples', text: 'Samples', title: 'Every pixel gets so many samples' },
  { stopAt: 'noise', text: 'Noise', title: 'Noisy parts get more samples than calm ones' },
];

export function QualityFields() {
  const { settings } = useApp();
  const { stopAt } = settings.form.value;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid row */}
      <div class="field" role="group" aria-label="Stop at">
        <span class="field-label">Stop at</span>
        <div class="segmented wide">
          {STOPS.map((stop) => (
            <button
              key={stop.stopAt}
              type="button"
              title={stop.title}
              aria-pressed={stopAt === stop.stopAt}
              onClick={() => settings.change({ stopAt: stop.stopAt })}
            >
              {stop.text}
            </button>
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid row */}
      <div class="field" role="group" aria-label="Quality">
        <span class="field-label">Quality</span>
        <div class="chips">{stopAt === 'samples' ? <SampleChips /> : <NoiseChips />}</div>
      </div>
      {stopAt === 'samples' && <NumberField field="samples" />}
    </>
  );
}

function SampleChips() {
  const { settings } = useApp();
  return QUALITY_PRESETS.map(({ name, samples }) => (
    <button
      key={name}
      type="button"
      class="button small"
      title={`${formatCount(samples)} samples a pixel`}
      aria-pressed={settings.form.value.samples === String(samples)}
      onClick={() => settings.change({ samples: String(samples) })}
    >
      {name}
    </button>
  ));
}

function NoiseChips() {
  const { settings } = useApp();
  return NOISE_PRESETS.map(({ name, noise }) => (
    <button
      key={name}
      type="button"
      class="button small"
      title={`Until noise is below ${noise}`}
      aria-pressed={settings.form.value.noise === String(noise)}
      onClick={() => settings.change({ noise: String(noise) })}
    >
      {name}
    </button>
  ));
}
