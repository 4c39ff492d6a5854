/** Which frames of the animation are rendered: first, last, how many a second, and what that comes to. */
import { frameTime } from '../../render/settings.ts';
import { RANGE_RULES, type RangeField, rangeText } from '../state/frame-range.ts';
import { useApp } from './app-context.ts';
import { NumberBox } from './number-box.tsx';

const FIELDS: readonly RangeField[] = ['first', 'last', 'fps'];

export function FrameRangeFields() {
  const { frameRange } = useApp();
  const read = frameRange.read.value;
  return (
    <>
      {FIELDS.map((field) => {
        const rule = RANGE_RULES[field];
        const error = read.ok ? undefined : read.errors[field];
        return (
          <div key={field} class="field">
            <label for={`frames-${field}`}>{rule.label}</label>
            <div class="field-pair">
              <NumberBox
                rule={rule}
                id={`frames-${field}`}
                value={frameRange.typed.value[field]}
                isBad={error !== undefined}
                describedBy={error === undefined ? undefined : `frames-${field}-error`}
                onChange={(typed) => frameRange.change({ [field]: typed })}
              />
              {field !== 'fps' && read.ok && read.frames && (
                <span class="unit">
                  {Number(
                    frameTime(
                      read.frames,
                      field === 'first' ? 0 : read.frames.last - read.frames.first,
                    ).toFixed(3),
                  )}{' '}
                  s
                </span>
              )}
            </div>
            {error !== undefined && (
              <p id={`frames-${field}-error`} class="field-error">
                {error}
              </p>
            )}
          </div>
        );
      })}
      {read.ok && read.frames && (
        <div class="field">
          <span class="field-label">Together</span>
          <p role="status" aria-label="Frames to render">
            {rangeText(read.frames)}
          </p>
        </div>
      )}
    </>
  );
}
