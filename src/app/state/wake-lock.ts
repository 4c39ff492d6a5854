/** Keeps the screen, and so the machine, awake while it renders and can be seen. Browsers let go of it with every look elsewhere. */
export interface WakeLockPort {
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener'>;
  /** undefined where the browser has none (plain http, old ones). */
  readonly lock: { request(type: 'screen'): Promise<{ release(): Promise<void> }> } | undefined;
}

/** Returns the switch: call it whenever it may have changed whether this device is at work. */
export function createWakeLock({ page, lock }: WakeLockPort): (isAtWork: boolean) => void {
  let isWanted = false;
  let held: Promise<{ release(): Promise<void> } | undefined> | undefined;
  const apply = (): void => {
    const isDue = isWanted && page.visibilityState === 'visible';
    if (isDue && !held) {
      // Refused on low battery, say: then the machine may sleep, and comes back.
      held = lock?.request('screen').catch(() => undefined);
    } else if (!isDue && held) {
      void held.then((one) => one?.release()).catch(() => {});
      held = undefined;
    }
  };
  page.addEventListener('visibilitychange', apply);
  return (isAtWork) => {
    isWanted = isAtWork;
    apply();
  };
}
