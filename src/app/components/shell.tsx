/** The first screen while the mesh is still on its way: it looks like the page that takes its place. What is opened on it is kept. */
import type { FirstWish } from '../first-wish.ts';
import { Brand } from './brand.tsx';
import { DropZone } from './drop-zone.tsx';
import { EmptyStage } from './empty-stage.tsx';

export function Shell({ wish }: { readonly wish: FirstWish }) {
  return (
    <div class="page" aria-busy="true">
      <header class="header">
        <Brand />
        <p class="phase ellipsis" role="status">
          {wish.isWaiting.value ? 'Opening your scene …' : 'Starting …'}
        </p>
      </header>
      <main class="workspace">
        <section class="stage" aria-label="Stage" data-view="empty">
          <div class="stage-area">
            <EmptyStage opens={wish} />
          </div>
        </section>
        <aside class="panel" aria-label="Network and settings" />
      </main>
      <DropZone opens={wish} />
    </div>
  );
}
