import { describe, expect, it } from 'vitest';
import { webLockClaims } from './web-locks.ts';

function claimsThatFail(name: string) {
  const locks = { request: () => Promise.reject(new DOMException('no', name)) } as unknown as LockManager;
  return webLockClaims(locks, 'leafcutter');
}

describe('a claim by Web Locks', () => {
  it('is had where the page may have none, as on plain http', async () => {
    for (const claims of [webLockClaims(undefined, 'leafcutter'), claimsThatFail('SecurityError')])
      expect(await claims.claim('room', 0)).toBeTypeOf('function');
  });

  it('is not had when another kept it for as long as one waited, or when the page goes', async () => {
    for (const name of ['TimeoutError', 'AbortError', 'InvalidStateError'])
      expect(await claimsThatFail(name).claim('room', 0)).toBeUndefined();
  });
});
