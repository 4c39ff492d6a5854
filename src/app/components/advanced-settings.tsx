/** Everything for those who know what it means, in groups. All of it is off, or as most want it, until touched. */
import type { NumberField as Field } from '../state/settings-fields.ts';
import { useApp } from './app-context.ts';
import { CameraField } from './camera-field.tsx';
import { LensFields } from './lens-fields.tsx';
import { NumberField } from './number-input.tsx';
import { Group } from './settings-group.tsx';

const ADVANCED: readonly Field[] = [
  'maxSamples',
  'noise',
  'bounces',
  'seed',
  'clamp',
  'environmentStrength',
  'environmentRotation',
  'fNumber',
  'focus',
];

export function AdvancedSettings() {
  const { settings } = useApp();
  const read = settings.read.value;
  const isBad = !read.ok && ADVANCED.some((field) => read.errors[field] !== undefined);
  const { stopAt } = settings.form.value;
  return (
    <details class="advanced">
      <summary>
        Advanced
        {isBad && <span class="tag bad">needs attention</span>}
      </summary>
      <Group title="Camera">
        <CameraField />
        <LensFields />
      </Group>
      <Group title="Environment">
        <NumberField field="environmentStrength" hint="A factor: 1 is as bright as it was taken." />
        <NumberField field="environmentRotation">
          <RotationSlider />
        </NumberField>
      </Group>
      <Group title="Sampling">
        {stopAt === 'noise' && (
          <>
            <NumberField
              field="noise"
              hint="0.1 is a draft, 0.01 is hardly seen. A part of the picture is finished once its noise is below."
            />
            <NumberField field="maxSamples" hint="A pixel never gets more, noisy or not." />
          </>
        )}
        <NumberField field="bounces" />
        <NumberField field="seed" />
        <NumberField
          field="clamp"
          hint="The most light a path may bring after its first bounce: fewer white dots, a little darker. 0: off."
        />
      </Group>
      <p class="muted note">
        The same scene, settings and seed give the same picture hash on every machine, in any number of tabs.
      </p>
    </details>
  );
}

function RotationSlider() {
  const { settings } = useApp();
  const degrees = Number(settings.form.value.environmentRotation);
  return (
    <input
      type="range"
      aria-label="Rotation slider"
      aria-valuetext={`${degrees} degrees`}
      min={-180}
      max={180}
      step={1}
      value={Number.isFinite(degrees) ? degrees : 0}
      onInput={(event) => settings.change({ environmentRotation: event.currentTarget.value })}
    />
  );
}
