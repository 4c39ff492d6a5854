/** Everything for those who know what it means, in groups. All of it is off, or as most want it, until touched. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { NumberField as Field } from '../state/settings-fields.ts';
import { useApp } from './app-context.ts';
import { LazyPart } from './lazy-part.tsx';

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

const load = async () => (await import('./advanced-fields.tsx')).AdvancedFields;

export function AdvancedSettings() {
  const { settings } = useApp();
  const isOpen = useSignal(false);
  const close = useMemo(
    () => (): void => {
      isOpen.value = false;
    },
    [isOpen],
  );
  const read = settings.read.value;
  const isBad = !read.ok && ADVANCED.some((field) => read.errors[field] !== undefined);
  return (
    <details
      class="advanced"
      open={isOpen.value}
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>
        Advanced
        {isBad && <span class="tag bad">needs attention</span>}
      </summary>
      {isOpen.value && <LazyPart name="the advanced settings" load={load} onFailed={close} />}
    </details>
  );
}
