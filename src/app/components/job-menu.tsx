/** What may be done with a render in the list. */

import { choicesOf, type JobChoice } from '../state/job-choices.ts';
import type { JobView } from '../state/jobs.ts';
import { changeRender, useSettingsOf } from '../state/render-again.ts';
import { useApp } from './app-context.ts';
import { Menu, type MenuItem } from './menu.tsx';

const CHOICES: Readonly<Record<JobChoice, { readonly label: string; readonly hint?: string }>> = {
  pause: { label: 'Pause', hint: 'For everyone; what is done stays' },
  resume: { label: 'Resume' },
  cancel: { label: 'Cancel', hint: 'For everyone' },
  requeue: { label: 'Go on with it', hint: 'From where it was' },
  sooner: { label: 'Sooner', hint: 'Before others of its device; a larger share' },
  later: { label: 'Later', hint: 'After others of its device; a smaller share' },
  change: { label: 'Change and render again', hint: 'Opens its scene and settings' },
  'use-settings': { label: 'Use its settings', hint: 'For another scene' },
  notify: { label: 'Tell me when it is done', hint: 'By a notification' },
  remove: { label: 'Remove from the list', hint: 'On this device' },
};

export function JobMenu({ view }: { readonly view: JobView }) {
  const app = useApp();
  const { job } = view;
  const { state, priority } = view.standing.value;
  const actions: Readonly<Record<JobChoice, () => void>> = {
    pause: () => void app.ask(() => job.pause()),
    resume: () => void app.ask(() => job.resume()),
    cancel: () => void app.ask(() => job.cancel()),
    requeue: () => void app.ask(() => job.requeue()),
    sooner: () => void app.ask(() => job.setPriority(priority + 1)),
    later: () => void app.ask(() => job.setPriority(priority - 1)),
    change: () => void changeRender(app, view),
    'use-settings': () => useSettingsOf(app, view),
    notify: () => void app.endings.ask(),
    remove: () => app.removeJob(view),
  };
  const items = choicesOf({ state, priority, canNotify: app.endings.canAsk.value }).map(
    (choice): MenuItem => ({ ...CHOICES[choice], choose: actions[choice] }),
  );
  return <Menu name={`More about ${job.title}`} title="Pause, order, cancel …" icon="more" items={items} />;
}
