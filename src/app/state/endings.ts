/** The end of a render, told to who has looked away: a notification, where the person allowed it. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { formatDuration } from './format.ts';
import type { JobView } from './jobs.ts';

/** What of `Notification` is used: a browser over plain http has none. */
export interface Notifier {
  readonly permission: NotificationPermission;
  requestPermission(): Promise<NotificationPermission>;
  new (title: string, options: { readonly body: string; readonly tag: string }): unknown;
}

export interface Endings {
  /** The person could be asked, and has not said no. */
  readonly canAsk: ReadonlySignal<boolean>;
  /** Tells of the end of this render, and of later ones, while the page is out of sight. */
  watch(view: JobView): void;
  /** Asks the person for the permission. */
  ask(): Promise<void>;
}

export interface EndingsPort {
  readonly notifier: Notifier | undefined;
  isHidden(): boolean;
}

const BROWSER: EndingsPort = {
  notifier: globalThis.isSecureContext && 'Notification' in globalThis ? Notification : undefined,
  isHidden: () => document.visibilityState === 'hidden',
};

export function createEndings({ notifier, isHidden }: EndingsPort = BROWSER): Endings {
  const permission = signal<NotificationPermission>(notifier?.permission ?? 'denied');
  return {
    canAsk: computed(() => permission.value === 'default'),
    watch(view) {
      let wasRunning = view.isRunning.peek();
      effect(() => {
        const isRunning = view.isRunning.value;
        const { state, reason } = view.standing.peek();
        if (
          wasRunning &&
          !isRunning &&
          state !== 'cancelled' &&
          isHidden() &&
          permission.peek() === 'granted' &&
          notifier
        ) {
          const { title, id } = view.job;
          const body =
            state === 'done'
              ? `Done in ${formatDuration(view.progress.peek().elapsedSeconds)}`
              : (reason ?? state);
          new notifier(title, { body, tag: id });
        }
        wasRunning = isRunning;
      });
    },
    async ask() {
      if (notifier) permission.value = await notifier.requestPermission();
    },
  };
}
