/** The box that a number is typed into, by its rule: the bounds, and what an arrow key adds. */
import type { FieldRule } from '../state/settings-fields.ts';
import { arrowStep } from './arrow-step.ts';

interface NumberBoxProps {
  readonly rule: FieldRule;
  readonly value: string;
  /** Where the label beside it names it. */
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly title?: string;
  readonly placeholder?: string | undefined;
  readonly isBad: boolean;
  /** Ids of what is written beneath it. */
  readonly describedBy: string | undefined;
  readonly onChange: (typed: string) => void;
}

export function NumberBox({ rule, isBad, describedBy, onChange, ...rest }: NumberBoxProps) {
  const { min, max, step, isWhole } = rule;
  return (
    <input
      class="input"
      type="number"
      inputMode={isWhole ? 'numeric' : 'decimal'}
      min={min}
      max={max}
      step={isWhole ? step : 'any'}
      aria-invalid={isBad}
      aria-describedby={describedBy}
      {...rest}
      onInput={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        // With step="any" the browser's arrows add 1, which is a lot of rotation and all of a strength.
        const down = arrowStep(event);
        if (down === 0 || isWhole) return;
        event.preventDefault();
        const value = event.currentTarget.valueAsNumber;
        const next = Math.min(max, Math.max(min, (Number.isNaN(value) ? 0 : value) - down * step));
        onChange(String(Number(next.toPrecision(6))));
      }}
    />
  );
}
