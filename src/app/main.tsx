/**
 * The page's entry, kept small: it shows the first screen, on which scenes can be opened already, and brings the mesh, the farm and the
 * rest of the page. All that is on its way to this device before the person does anything begins here, at once and side by side.
 */
import { render } from 'preact';
import { FullMessage } from './components/full-message.tsx';
import { Shell } from './components/shell.tsx';
import { createFirstWish } from './first-wish.ts';
import { pageFile } from './page-file.ts';
import { listenForDebugKey } from './state/debug.ts';
import { startTheme } from './state/theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/menus.css';
import './styles/layout.css';
import './styles/header.css';
import './styles/panel-column.css';
import './styles/boot.css';
import './styles/panel.css';
import './styles/stage.css';
import './styles/empty.css';
import './styles/picture.css';
import './styles/film-status.css';

const page = import('./open-page.tsx');
fetchAhead('generated/kernel.wasm');
if (crossOriginIsolated) fetchAhead('generated/kernel-shared.wasm');

startTheme();
// At once: a panel asked for now opens with the page.
listenForDebugKey(document);
const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  const wish = createFirstWish();
  render(<Shell wish={wish} />, root);
  page.then(
    ({ openPage }) => openPage(root, wish),
    (error: unknown) => {
      const { origin, pathname } = location;
      const advice = `Reload the page; behind a proxy, see that everything below ${origin}${pathname} reaches Leafcutter.`;
      render(<FullMessage title="Leafcutter could not start" lines={[`${error}.`, advice]} />, root);
    },
  );
}

/** The kernel is fetched by what comes with the page: the browser need not wait for that to run. */
function fetchAhead(path: string): void {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: pageFile(path).href });
  document.head.append(link);
}
