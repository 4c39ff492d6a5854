/**
 * The page's entry, kept small: it shows the first screen at once, and brings the mesh and the farm, which nothing on that screen
 * needs to be seen.
 */
import { render } from 'preact';
import { FullMessage } from './components/full-message.tsx';
import { Shell } from './components/shell.tsx';
import { startTheme } from './state/theme.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/menus.css';
import './styles/layout.css';
import './styles/panel.css';
import './styles/stage.css';
import './styles/empty.css';
import './styles/picture.css';
import './styles/film-status.css';

startTheme();
const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(<Shell />, root);
  import('./open-page.tsx').then(
    ({ openPage }) => openPage(root),
    (error: unknown) => {
      const { origin, pathname } = location;
      const advice = `Reload the page; behind a proxy, see that everything below ${origin}${pathname} reaches Leafcutter.`;
      render(<FullMessage title="Leafcutter could not start" lines={[`${error}.`, advice]} />, root);
    },
  );
}
