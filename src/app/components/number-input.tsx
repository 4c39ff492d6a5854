/** A number of the settings with its unit, and beneath it the sentence that says what would be right. */
import type { ComponentChildren } from 'preact';
import { FIELD_RULES, type NumberField as FieldName } from '../state/settings-fields.ts';
import { useApp } from './app-context.ts';
import { NumberBox } from './number-box.tsx';

interface InputProps {
  readonly field: FieldName;
  /** Shown while it is empty. */
  readonly placeholder?: string;
  readonly hint?: string;
}

export function NumberInput({ field, placeholder, hint }: InputProps) {
  const { settings } = useApp();
  const rule = FIELD_RULES[field];
  const { label, unit } = rule;
  const read = settings.read.value;
  const isBad = !read.ok && read.errors[field] !== undefined;
  const describedBy = [isBad && `${field}-error`, hint !== undefined && `${field}-hint`].filter(Boolean);
  return (
    <>
      <NumberBox
        rule={rule}
        value={settings.form.value[field]}
        aria-label={label}
        title={unit === undefined ? label : `${label} (${unit})`}
        placeholder={placeholder}
        isBad={isBad}
        describedBy={describedBy.length > 0 ? describedBy.join(' ') : undefined}
        onChange={(typed) => settings.change({ [field]: typed })}
      />
      {unit !== undefined && <span class="unit">{unit}</span>}
    </>
  );
}

export function FieldError({ field }: { readonly field: FieldName }) {
  const read = useApp().settings.read.value;
  const error = read.ok ? undefined : read.errors[field];
  return error === undefined ? null : (
    <p id={`${field}-error`} class="field-error">
      {error}
    </p>
  );
}

interface FieldProps extends InputProps {
  /** In place of the field's own label, where the group around it says the rest. */
  readonly name?: string;
  /** Behind the number: a slider, a button. */
  readonly children?: ComponentChildren;
}

/** Label, number, unit, error and hint as one row. */
export function NumberField({ field, name, hint, placeholder, children }: FieldProps) {
  return (
    <div class="field">
      <span class="field-label">{name ?? FIELD_RULES[field].label}</span>
      <div class="field-pair">
        <NumberInput
          field={field}
          {...(placeholder === undefined ? {} : { placeholder })}
          {...(hint === undefined ? {} : { hint })}
        />
        {children}
      </div>
      <FieldError field={field} />
      {hint !== undefined && (
        <p id={`${field}-hint`} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
