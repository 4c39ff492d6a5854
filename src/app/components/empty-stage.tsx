/** Before there is a scene: what this is, and the ways to begin. */
import type { OpeningWishes } from '../first-wish.ts';
import { pageFile } from '../page-file.ts';
import { OpenButtons } from './open-buttons.tsx';
import { SAMPLE_CARDS } from './sample-cards.ts';

export function EmptyStage({ opens }: { readonly opens: OpeningWishes }) {
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
        <p class="empty-title">
          <span class="with-mouse">Drop a 3D scene here</span>
          <span class="with-touch">Open a 3D scene</span>
        </p>
        <p class="muted">
          A .glb, a .gltf with its files (together, as a folder or as .zip), an .obj, .ply, .stl, .fbx or
          .usdz. Every tab with your invite link helps to render it; nothing is uploaded.
        </p>
        <div class="empty-actions">
          <OpenButtons opens={opens} />
        </div>
      </div>
      <div class="samples">
        <h2>Or start with a sample</h2>
        <div class="samples-list">
          {/* The small picture is as large as a card on most screens: to make it of the other costs a page a tenth of its start. */}
          {SAMPLE_CARDS.map(({ name, label, description }) => (
            <div key={name} class="sample">
              <button
                type="button"
                aria-label={`Sample: ${label}`}
                aria-describedby={`sample-${name}`}
                onClick={() => opens.openSample(name)}
              >
                <img
                  src={pageFile(`samples/${name}.webp`).href}
                  srcset={`${pageFile(`samples/${name}-small.webp`).href} 206w, ${pageFile(`samples/${name}.webp`).href} 480w`}
                  sizes="206px"
                  alt=""
                  width="480"
                  height="400"
                  loading="lazy"
                />
                <strong>{label}</strong>
              </button>
              <p id={`sample-${name}`} class="muted">
                {description}
              </p>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
