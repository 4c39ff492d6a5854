/** What surrounds the scene: nothing, plain light, a colour of one's own, a built-in panorama, or one's own. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { BLACK, colourFromHex, environmentKey, hexFromColour, WHITE } from '../state/environment-choice.ts';
import { useApp } from './app-context.ts';

/** A sky blue to start from. */
const FIRST_COLOUR = '#8fb4e0';
const OPEN_FILE = 'open-file';

export function EnvironmentField() {
  const { settings, library, ownEnvironment } = useApp();
  const file = useRef<HTMLInputElement>(null);
  const choice = settings.form.value.environment;
  const own = ownEnvironment.choice.value;
  const isOwnColour = useSignal(false);
  const key = choice.kind === 'colour' && isOwnColour.value ? 'colour' : environmentKey(choice);
  const choose = (select: HTMLSelectElement): void => {
    const next = select.value;
    if (next === OPEN_FILE) {
      // Until a file is read the environment stays what it was, in the list too.
      select.value = key;
      file.current?.click();
      return;
    }
    isOwnColour.value = next === 'colour';
    if (next === 'black') settings.chooseEnvironment(BLACK);
    else if (next === 'white') settings.chooseEnvironment(WHITE);
    else if (next === 'colour') settings.chooseEnvironment(colourFromHex(FIRST_COLOUR, 1));
    else if (next === 'file' && own) settings.chooseEnvironment(own);
    else settings.chooseEnvironment({ kind: 'builtin', name: next.slice('builtin:'.length) });
  };
  return (
    <>
      <div class="field">
        <label for="environment">Environment</label>
        <select id="environment" class="select" value={key} onChange={(event) => choose(event.currentTarget)}>
          <option value="black">Black</option>
          <option value="white">White light</option>
          <option value="colour">Colour …</option>
          {library.environments.map(({ name, label }) => (
            <option key={name} value={`builtin:${name}`}>
              {label}
            </option>
          ))}
          {own?.kind === 'file' && <option value="file">{own.name}</option>}
          <option value={OPEN_FILE}>Your own .hdr or .exr …</option>
        </select>
        <input
          ref={file}
          class="visually-hidden"
          type="file"
          accept=".hdr,.exr"
          aria-label="Environment file"
          tabIndex={-1}
          onChange={(event) => {
            const [picked] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (picked) void ownEnvironment.read(picked);
          }}
        />
      </div>
      {key === 'colour' && choice.kind === 'colour' && <OwnColour rgb={choice.rgb} />}
    </>
  );
}

function OwnColour({ rgb }: { readonly rgb: readonly [number, number, number] }) {
  const { settings } = useApp();
  const { hex, brightness } = hexFromColour(rgb);
  return (
    <div class="field">
      <span class="field-label">Colour</span>
      <div class="field-pair">
        <input
          class="input"
          type="color"
          aria-label="Environment colour"
          value={hex}
          onInput={(event) =>
            settings.chooseEnvironment(colourFromHex(event.currentTarget.value, brightness))
          }
        />
        <input
          type="range"
          aria-label="Environment brightness"
          min={1}
          max={10}
          step={0.1}
          value={brightness}
          onInput={(event) =>
            settings.chooseEnvironment(colourFromHex(hex, event.currentTarget.valueAsNumber))
          }
        />
      </div>
    </div>
  );
}
