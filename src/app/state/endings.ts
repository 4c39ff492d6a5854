/** The end of a render, told to who has looked away: a notification, where the person allowed it. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { log, messageOf } from '../../runtime/index.ts';
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
  /** For browsers that show nothing but what a service worker tells, as Chrome on phones: there the constructor throws. */
  serviceWorker(): Promise<Pick<ServiceWorkerRegistration, 'showNotification'> | undefined>;
  isHidden(): boolean;
}

const BROWSER: EndingsPort = {
  notifier: globalThis.isSecureContext && 'Notification' in globalThis ? Notification : undefined,
  serviceWorker: () => navigator.serviceWorker.getRegistration(),
  isHidden: () => document.visibilityState === 'hidden',
};

export function createEndings({ notifier, serviceWorker, isHidden }: EndingsPort = BROWSER): Endings {
  const permission = signal<NotificationPermission>(notifier?.permission ?? 'denied');
  async function tell(
    title: string,
    options: { readonly body: string; readonly tag: string },
  ): Promise<void> {
    if (!notifier || permission.peek() !== 'granted') return;
    try {
      new notifier(title, options);
    } catch {
      const worker = await serviceWorker();
      await worker?.showNotification(title, options);
    }
  }
  return {
    canAsk: computed(() => permission.value === 'default'),
    watch(view) {
      let wasRunning = view.isRunning.peek();
      effect(() => {
        const isRunning = view.isRunning.value;
        const { state, reason } = view.standing.peek();
        if (wasRunning && !isRunning && state !== 'cancelled' && isHidden()) {
          const { title, id } = view.job;
          const body =
            state === 'done'
              ? `Done in ${formatDuration(view.progress.peek().elapsedSeconds)}`
              : (reason ?? state);
          tell(title, { body, tag: id }).catch((error: unknown) =>
            log('info', `the end of ${title} was not told: ${messageOf(error)}`),
          );
        }
        wasRunning = isRunning;
      });
    },
    async ask() {
      if (notifier) permission.value = await notifier.requestPermission();
    },
  };
}
