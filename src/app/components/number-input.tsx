/** A whole number of the settings, and beneath it the sentence that says what would be right. */
import { FIELD_BOUNDS, type FieldErrors } from '../state/settings-form.ts';
import { useApp } from './app-context.ts';

type Field = keyof FieldErrors;

export function NumberInput({ field }: { readonly field: Field }) {
  const { settings } = useApp();
  const { label, min, max } = FIELD_BOUNDS[field];
  const read = settings.read.value;
  const isBad = !read.ok && read.errors[field] !== undefined;
  return (
    <input
      class="input"
      type="number"
      inputMode="numeric"
      min={min}
      max={max}
      step={1}
      aria-label={label}
      title={label}
      aria-invalid={isBad}
      aria-describedby={isBad ? `${field}-error` : undefined}
      value={settings.form.value[field]}
      onInput={(event) => settings.change({ [field]: event.currentTarget.value })}
    />
  );
}

export function FieldError({ field }: { readonly field: Field }) {
  const read = useApp().settings.read.value;
  const error = read.ok ? undefined : read.errors[field];
  return error === undefined ? null : (
    <p id={`${field}-error`} class="field-error">
      {error}
    </p>
  );
}
