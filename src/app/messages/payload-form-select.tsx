/** How a payload is shown or typed: JSON, text or hex. */
import type { Signal } from '@preact/signals';
import { PAYLOAD_FORMS, type PayloadForm } from '../state/payload-text.ts';

interface Props {
  readonly label: string;
  readonly form: Signal<PayloadForm>;
  readonly onChange?: () => void;
}

export function PayloadFormSelect({ label, form, onChange }: Props) {
  return (
    <select
      class="select"
      aria-label={label}
      value={form.value}
      onChange={(event) => {
        form.value = event.currentTarget.value as PayloadForm;
        onChange?.();
      }}
    >
      {PAYLOAD_FORMS.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  );
}
