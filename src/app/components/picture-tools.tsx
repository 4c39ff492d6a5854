/** Over the picture's bar: whether it is shown denoised, and a look at what it was before. */
import { useApp } from './app-context.ts';
import { Icon } from './icon.tsx';

export function DenoiseSwitch() {
  const { picture } = useApp();
  const isOn = picture.wantsDenoised.value;
  return (
    <>
      {picture.denoised.value && (
        <button
          type="button"
          class="button"
          aria-label="Hold to compare with the render"
          title="Hold to see it without denoising"
          aria-pressed={picture.isComparing.value}
          onPointerDown={() => picture.compare(true)}
          onPointerUp={() => picture.compare(false)}
          onPointerLeave={() => picture.compare(false)}
          onPointerCancel={() => picture.compare(false)}
          onKeyDown={(event) => {
            if (event.key === ' ' || event.key === 'Enter') picture.compare(true);
          }}
          onKeyUp={() => picture.compare(false)}
          onBlur={() => picture.compare(false)}
        >
          <Icon name="compare" />
          Compare
        </button>
      )}
      <label class="tool-switch" title="A filter on this device; the render and its hash stay as they are">
        Denoise
        <input
          type="checkbox"
          role="switch"
          class="switch"
          checked={isOn}
          aria-checked={isOn}
          onChange={(event) => picture.setDenoise(event.currentTarget.checked)}
        />
      </label>
    </>
  );
}

/** What is being made of the picture, how far it is, and a way to give it up. Over the stage, so that the picture stays put. */
export function PictureWork() {
  const { picture } = useApp();
  const works = [picture.denoising.value, picture.saving.value].filter((work) => work !== undefined);
  if (works.length === 0) return null;
  return (
    <div class="picture-works">
      {works.map(({ what, share, cancel }) => {
        const percent = Math.floor(100 * share);
        return (
          <div key={what} class="picture-work">
            <span>
              {what} {percent} %
            </span>
            <div
              class="bar"
              role="progressbar"
              aria-label={what}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={percent}
            >
              <i style={{ width: `${percent}%` }} />
            </div>
            <button type="button" class="button small" aria-label={`Cancel: ${what}`} onClick={cancel}>
              Cancel
            </button>
          </div>
        );
      })}
    </div>
  );
}
