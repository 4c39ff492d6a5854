/** Beside the stage: the network, the settings, the Jobs, and the one button that starts. On a phone one of them at a time. */
import { signal } from '@preact/signals';
import { useApp } from './app-context.ts';
import { Jobs } from './jobs.tsx';
import { Network } from './network.tsx';
import { RenderButton } from './render-button.tsx';
import { Settings } from './settings.tsx';

const TABS = [
  { id: 'network', title: 'Network', content: Network },
  { id: 'settings', title: 'Settings', content: Settings },
  { id: 'jobs', title: 'Renders', content: Jobs },
] as const;

/** Only a phone looks at it: wide screens show every section. */
const openTab = signal<(typeof TABS)[number]['id']>('network');

export function Panel() {
  const { view } = useApp();
  // A computation is set up where it is written: beside it stands who computes.
  if (view.value === 'compute') {
    return (
      <aside class="panel" aria-label="Network">
        <div class="panel-sections" data-open="network">
          <section class="section" data-section="network" aria-label="Network">
            <Network />
          </section>
        </div>
      </aside>
    );
  }
  return (
    <aside class="panel" aria-label="Network and settings">
      <nav class="panel-tabs" aria-label="Sections">
        {TABS.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            aria-pressed={openTab.value === id}
            aria-controls={`section-${id}`}
            onClick={() => {
              openTab.value = id;
            }}
          >
            {title}
          </button>
        ))}
      </nav>
      <div class="panel-sections" data-open={openTab.value}>
        {TABS.map(({ id, title, content: Content }) => (
          <section key={id} id={`section-${id}`} class="section" data-section={id} aria-label={title}>
            <Content />
          </section>
        ))}
      </div>
      <RenderButton />
    </aside>
  );
}
