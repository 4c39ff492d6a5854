/** Before there is a scene: what this is, and the ways to begin. */
import { useApp } from './app-context.ts';
import { OpenButtons } from './open-buttons.tsx';

const DESCRIPTIONS = new Map([
  ['cornell', 'One lamp, coloured walls, gold and wood'],
  ['terrace', 'Open air, under a sky of your choice'],
  ['forest', 'Thirty million triangles, as instances'],
]);

export function EmptyStage() {
  const app = useApp();
  return (
    <div class="empty">
      <div class="empty-drop">
        <svg class="empty-leaf" width="56" height="56" viewBox="0 0 32 32" aria-hidden="true">
          <path
            fill="none"
            stroke="currentColor"
            stroke-width="1.25"
            stroke-linecap="round"
            d="M28 4C14 4 6 9.500 6 19c0 5.500 3.500 9 9 9 9.500 0 13-10 13-24ZM4.500 29.500 20 13M12.500 21v-6M12.500 21H19"
          />
        </svg>
        <p class="empty-title">Drop a 3D scene here</p>
        <p class="muted">
          A .glb, a .gltf with its files (together, as a folder or as .zip), an .obj, .ply or .stl. Every tab
          with your invite link helps to render it; nothing is uploaded.
        </p>
        <div class="empty-actions">
          <OpenButtons />
        </div>
      </div>
      <div class="samples">
        <h2>Or start with a sample</h2>
        <div class="samples-list">
          {app.library.samples.map(({ name, label }) => (
            <button
              key={name}
              type="button"
              class="sample"
              aria-label={`Sample: ${label}`}
              onClick={() => void app.openSample(name)}
            >
              <img src={`/samples/${name}.webp`} alt="" width="480" height="400" loading="lazy" />
              <span>
                <strong>{label}</strong>
                <span class="muted">{DESCRIPTIONS.get(name)}</span>
              </span>
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}
