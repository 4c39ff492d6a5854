/** The scene's own cameras, or the view one has orbited to. */
import { useApp } from './app-context.ts';

const OWN_VIEW = 'own';

export function CameraField() {
  const { scene } = useApp();
  const cameras = scene.open.value?.scene.cameras ?? [];
  const isOwn = scene.ownView.value !== undefined;
  return (
    <div class="field">
      <label for="camera">Camera</label>
      <select
        id="camera"
        class="select"
        disabled={cameras.length === 0}
        value={isOwn ? OWN_VIEW : String(scene.cameraIndex.value)}
        onChange={(event) => {
          if (event.currentTarget.value !== OWN_VIEW) scene.chooseCamera(Number(event.currentTarget.value));
        }}
      >
        {cameras.length === 0 && <option value="0">Scene camera</option>}
        {cameras.map(({ name }, index) => (
          <option key={`${index} ${name}`} value={String(index)}>
            {name || `Camera ${index + 1}`}
          </option>
        ))}
        {isOwn && <option value={OWN_VIEW}>Your view</option>}
      </select>
    </div>
  );
}
