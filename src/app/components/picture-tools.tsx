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

/** What is being made of the picture, how far it is, and a way to give it up. */
export function PictureWork() {
  const { picture } = useApp();
  return [picture.denoising.value, picture.saving.value].map((work) => {
    if (!work) return null;
    const percent = Math.floor(100 * work.share);
    return (
      <div key={work.what} class="picture-work">
        <span>
          {work.what} {percent} %
        </span>
        <div
          class="bar"
          role="progressbar"
          aria-label={work.what}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
        >
          <i style={{ width: `${percent}%` }} />
        </div>
        <button type="button" class="button small" aria-label={`Cancel: ${work.what}`} onClick={work.cancel}>
          Cancel
        </button>
      </div>
    );
  });
}
