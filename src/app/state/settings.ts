/** The settings on the panel as signals: the typed form, exposure, and what they mean together with the camera. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { FlatCamera } from '../../render/scene/index.ts';
import type { EnvironmentChoice } from '../../render/settings.ts';
import { DEFAULT_FORM, type ReadSettings, readSettings, type SettingsForm } from './settings-form.ts';

/** Stops either way: what a picture can bear before it is black or white. */
export const EXPOSURE_RANGE = { min: -6, max: 6, step: 0.1 } as const;

export interface Settings {
  readonly form: ReadonlySignal<SettingsForm>;
  readonly exposure: ReadonlySignal<number>;
  /** True once the person has chosen an environment: from then on no scene changes it. */
  readonly isEnvironmentChosen: ReadonlySignal<boolean>;
  readonly read: ReadonlySignal<ReadSettings>;
  change(change: Partial<Omit<SettingsForm, 'environment'>>): void;
  chooseEnvironment(environment: EnvironmentChoice): void;
  suggestEnvironment(environment: EnvironmentChoice): void;
  setExposure(stops: number): void;
}

export function createSettings(camera: ReadonlySignal<number | FlatCamera>): Settings {
  const form = signal<SettingsForm>(DEFAULT_FORM);
  const exposure = signal(0);
  const isEnvironmentChosen = signal(false);
  return {
    form,
    exposure,
    isEnvironmentChosen,
    read: computed(() => readSettings(form.value, exposure.value, camera.value)),
    change(change) {
      form.value = { ...form.value, ...change };
    },
    chooseEnvironment(environment) {
      isEnvironmentChosen.value = true;
      form.value = { ...form.value, environment };
    },
    suggestEnvironment(environment) {
      if (!isEnvironmentChosen.value) form.value = { ...form.value, environment };
    },
    setExposure(stops) {
      if (Number.isFinite(stops)) {
        exposure.value = Math.min(EXPOSURE_RANGE.max, Math.max(EXPOSURE_RANGE.min, stops));
      }
    },
  };
}
