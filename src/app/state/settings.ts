/** The settings on the panel as signals: the typed form, how the picture is shown, and what they mean with the camera. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { DEFAULT_TONE_MAPPING, type ToneMapping } from '../../render/output/index.page.ts';
import type { EnvironmentChoice } from '../../render/settings.ts';
import { type LastingSettings, lastingSettings } from './remembered-form.ts';
import {
  DEFAULT_FORM,
  type ReadSettings,
  readSettings,
  type SettingsForm,
  type StageCamera,
} from './settings-form.ts';

/** Stops either way: what a picture can bear before it is black or white. */
export const EXPOSURE_RANGE = { min: -8, max: 8, step: 0.1 } as const;

/** How radiance becomes what a person sees; it never changes what is rendered. */
export interface Look {
  /** Stops. */
  readonly exposure: number;
  /** The stops are what suits the shown picture. */
  readonly isAutomatic: boolean;
  readonly toneMapping: ToneMapping;
}

export interface Shape {
  readonly width: number;
  readonly height: number;
}

/** How the environment lies around the scene: as RenderSettings.environmentStrength and environmentRotation. */
export interface Placement {
  readonly strength: number;
  readonly turns: number;
}

export interface Settings {
  readonly form: ReadonlySignal<SettingsForm>;
  readonly look: ReadonlySignal<Look>;
  /** True once the person has chosen an environment: from then on no scene changes it. */
  readonly isEnvironmentChosen: ReadonlySignal<boolean>;
  readonly read: ReadonlySignal<ReadSettings>;
  /** Of the picture to come, in pixels; while a field holds what cannot be rendered, of the last one that could. */
  readonly shape: ReadonlySignal<Shape>;
  /** Changes with the choice alone: to light a preview anew costs a software GPU seconds. */
  readonly environment: ReadonlySignal<EnvironmentChoice>;
  /** While a field holds what cannot be rendered, the last one that could. */
  readonly placement: ReadonlySignal<Placement>;
  /** Metres: the focus where nobody chose one. */
  readonly autoFocus: ReadonlySignal<number>;
  change(change: Partial<Omit<SettingsForm, 'environment'>>): void;
  chooseEnvironment(environment: EnvironmentChoice): void;
  suggestEnvironment(environment: EnvironmentChoice): void;
  /** From now on a person's own. */
  setExposure(stops: number): void;
  setAutomaticExposure(isOn: boolean): void;
  /** What suits the shown picture, in stops. */
  meter(stops: number): void;
  setToneMapping(toneMapping: ToneMapping): void;
}

/** Where the panel's settings stay between visits. */
export interface SettingsMemory {
  readonly remembered: LastingSettings;
  remember(settings: LastingSettings): void;
}

export function createSettings(stage: ReadonlySignal<StageCamera>, memory: SettingsMemory): Settings {
  const { toneMapping = DEFAULT_TONE_MAPPING, ...remembered } = memory.remembered;
  const form = signal<SettingsForm>({ ...DEFAULT_FORM, ...remembered });
  const chosen = signal({ exposure: 0, isAutomatic: true, toneMapping });
  const metered = signal(0);
  const look = computed((): Look => {
    const { exposure, isAutomatic, toneMapping } = chosen.value;
    if (!isAutomatic) return { exposure, isAutomatic, toneMapping };
    // Who wants no curve wants the light as it is.
    return { exposure: toneMapping === 'none' ? 0 : metered.value, isAutomatic, toneMapping };
  });
  const isEnvironmentChosen = signal(remembered.environment !== undefined);
  effect(() => {
    memory.remember(lastingSettings(form.value, isEnvironmentChosen.value, chosen.value.toneMapping));
  });
  const read = computed(() => readSettings(form.value, look.value.exposure, stage.value));
  const shape = signal<Shape>({ width: 1, height: 1 });
  effect(() => {
    if (!read.value.ok) return;
    const { width, height } = read.value.settings;
    if (width !== shape.peek().width || height !== shape.peek().height) shape.value = { width, height };
  });
  const placement = signal<Placement>({ strength: 1, turns: 0 });
  effect(() => {
    if (!read.value.ok) return;
    const { environmentStrength: strength, environmentRotation: turns } = read.value.settings;
    const { strength: before, turns: turned } = placement.peek();
    if (strength !== before || turns !== turned) placement.value = { strength, turns };
  });
  return {
    form,
    look,
    isEnvironmentChosen,
    read,
    shape,
    environment: computed(() => form.value.environment),
    placement,
    autoFocus: computed(() => stage.value.autoFocus),
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
        const exposure = Math.min(EXPOSURE_RANGE.max, Math.max(EXPOSURE_RANGE.min, stops));
        chosen.value = { ...chosen.value, exposure, isAutomatic: false };
      }
    },
    setAutomaticExposure(isAutomatic) {
      chosen.value = { ...chosen.value, exposure: look.peek().exposure, isAutomatic };
    },
    meter(stops) {
      metered.value = stops;
    },
    setToneMapping(toneMapping) {
      chosen.value = { ...chosen.value, toneMapping };
    },
  };
}
