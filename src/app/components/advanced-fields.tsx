/** What stands behind "Advanced": loaded when it is opened first. */
import { useApp } from './app-context.ts';
import { CameraField } from './camera-field.tsx';
import { LensFields } from './lens-fields.tsx';
import { NumberField } from './number-input.tsx';
import { Group } from './settings-group.tsx';

export function AdvancedFields() {
  const { settings } = useApp();
  const { stopAt } = settings.form.value;
  return (
    <>
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
    </>
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
