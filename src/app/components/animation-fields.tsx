/** Which moment, or which frames, of which animation are rendered. Only scenes that move show it; each change reads the scene's files again. */
import { useSignal } from '@preact/signals';
import type { Pose, ShownScene } from '../state/scene.ts';
import { useApp } from './app-context.ts';
import { FrameRangeFields } from './frame-range-fields.tsx';
import { Group } from './settings-group.tsx';

const REST = 'rest';

export function AnimationFields() {
  const open = useApp().scene.open.value;
  if (!open || open.animations.length === 0) return null;
  // Another scene or animation begins with its own time in the fields.
  return <Fields key={`${open.id} ${open.pose.animation}`} open={open} />;
}

function Fields({ open }: { readonly open: ShownScene }) {
  const { scene, frameRange } = useApp();
  const { animations, pose } = open;
  const typed = useSignal(String(pose.time));
  const animation = pose.animation === null ? undefined : animations[pose.animation];
  const duration = animation?.duration ?? 0;
  const seconds = Number(typed.value);
  const isBad = typed.value.trim() === '' || !(seconds >= 0 && seconds <= duration);
  const show = async (next: Pose): Promise<void> => {
    const isShown = await scene.pose(next);
    // Given up or refused, and nothing newer on its way: back to what is on the stage.
    if (!isShown && !scene.opening.peek()) typed.value = String(scene.open.peek()?.pose.time ?? 0);
  };
  const showTime = (): void => {
    if (!isBad && seconds !== pose.time) void show({ ...pose, time: seconds });
  };
  return (
    <Group title="Animation">
      <div class="field">
        <label for="animation">Animation</label>
        <select
          id="animation"
          class="select"
          value={pose.animation === null ? REST : String(pose.animation)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            void show({ animation: value === REST ? null : Number(value), time: 0 });
          }}
        >
          {animations.map(({ name }, index) => (
            <option key={`${index} ${name}`} value={String(index)}>
              {name || `Animation ${index + 1}`}
            </option>
          ))}
          <option value={REST}>None: at rest</option>
        </select>
      </div>
      {animation && <StillOrFrames />}
      {animation && frameRange.isRange.value && <FrameRangeFields />}
      {animation && !frameRange.isRange.value && (
        <div class="field">
          <span class="field-label">Time</span>
          <div class="field-pair">
            <input
              class="input"
              type="number"
              inputMode="decimal"
              aria-label="Time"
              title="Time (seconds)"
              min={0}
              max={duration}
              step="any"
              aria-invalid={isBad}
              aria-describedby={isBad ? 'time-error' : undefined}
              value={typed.value}
              onInput={(event) => {
                typed.value = event.currentTarget.value;
              }}
              onChange={showTime}
            />
            <span class="unit">s</span>
            <input
              type="range"
              aria-label="Time slider"
              aria-valuetext={`${seconds} seconds`}
              min={0}
              max={duration}
              step={duration / 200}
              value={Number.isFinite(seconds) ? seconds : 0}
              onInput={(event) => {
                // A hundredth of a frame of film is finer than anything a slider can point at.
                typed.value = String(Number(event.currentTarget.valueAsNumber.toFixed(4)));
              }}
              onChange={showTime}
            />
          </div>
          {isBad && (
            <p id="time-error" class="field-error">
              Time must be a number from 0 to {duration} s.
            </p>
          )}
        </div>
      )}
    </Group>
  );
}

function StillOrFrames() {
  const { frameRange } = useApp();
  const choice = (isRange: boolean, text: string) => (
    <button
      type="button"
      class="button small"
      aria-pressed={frameRange.isRange.value === isRange}
      onClick={() => frameRange.setRange(isRange)}
    >
      {text}
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid row
    <div class="field" role="group" aria-label="Render">
      <span class="field-label">Render</span>
      <div class="chips">
        {choice(false, 'One moment')}
        {choice(true, 'Frames')}
      </div>
    </div>
  );
}
