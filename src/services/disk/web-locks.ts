/**
 * Claims by Web Locks: the browser takes them back when their tab is closed or crashes. They are there on https and localhost only;
 * a page on plain http cannot tell what other tabs do, and claims whatever it likes: two tabs that go on with one Job lose time, no
 * results.
 */
import type { Claims } from './contract.ts';

export function webLockClaims(locks: LockManager | undefined, prefix: string): Claims {
  return {
    async claim(name, waitMs) {
      if (!locks) return () => {};
      let letGo = (): void => {};
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const options = waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
      const isGranted = await new Promise<boolean>((resolve) => {
        locks
          .request(`${prefix} ${name}`, options, async (lock) => {
            resolve(lock !== null);
            if (lock) await held;
          })
          // Waited long enough, or the page goes; or locks are nothing that this page may have (an opaque origin).
          .catch(({ name }: Error) => resolve(name === 'SecurityError'));
      });
      return isGranted ? letGo : undefined;
    },
  };
}
