/** Beside the stage: the network, the settings, the Jobs, and the one button that starts. On a phone one of them at a time. */
import { signal } from '@preact/signals';
import { useApp } from './app-context.ts';
import { Jobs } from './jobs.tsx';
import { Network } from './network.tsx';
import { RenderButton } from './render-button.tsx';
import { Settings } from './settings.tsx';
import { SwitchNav } from './switch-nav.tsx';

const TABS = [
  { id: 'network', title: 'Network', content: Network },
  { id: 'settings', title: 'Settings', content: Settings },
  { id: 'jobs', title: 'Renders', content: Jobs },
] as const;

/** Only a phone looks at it: wide screens show every section. */
const openTab = signal<(typeof TABS)[number]['id']>('network');

const sectionOf = (id: string): string => `section-${id}`;

/** On a phone the stage may fill the screen: what a person asked for comes into sight. Once it is rendered, for a short part cannot go as far. */
function bringIntoSight(): void {
  requestAnimationFrame(() => document.querySelector('.panel-sections')?.scrollIntoView({ block: 'start' }));
}

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
      <SwitchNav
        name="Sections"
        class="panel-tabs"
        parts={TABS}
        shown={openTab}
        elementOf={sectionOf}
        onPress={bringIntoSight}
      />
      <div class="panel-sections" data-open={openTab.value}>
        {TABS.map(({ id, title, content: Content }) => (
          <section key={id} id={sectionOf(id)} class="section" data-section={id} aria-label={title}>
            <Content />
          </section>
        ))}
      </div>
      <RenderButton />
    </aside>
  );
}
