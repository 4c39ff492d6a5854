/** The first screen while the mesh is still on its way: it looks like the page that takes its place, and nothing can be pressed. */
import { Brand } from './brand.tsx';
import { EmptyStageLook } from './empty-stage-look.tsx';
import { Icon } from './icon.tsx';

export function Shell() {
  return (
    <div class="page" aria-busy="true">
      <header class="header">
        <Brand />
        <p class="phase ellipsis" role="status">
          Starting …
        </p>
      </header>
      <main class="workspace">
        <section class="stage" aria-label="Stage" data-view="empty">
          <div class="stage-area">
            <EmptyStageLook>
              <button type="button" class="button" disabled>
                <Icon name="file" />
                Open scene
              </button>
              <button type="button" class="button" disabled>
                <Icon name="folder" />
                Folder
              </button>
            </EmptyStageLook>
          </div>
        </section>
        <aside class="panel" aria-label="Network and settings" />
      </main>
    </div>
  );
}
