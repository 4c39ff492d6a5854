import { describe, expect, it } from 'vitest';
import { quietVirtualTime } from './quiet-virtual-time.testing.ts';
import { spread } from './swarm.ts';

quietVirtualTime();

describe('50 MB that one Node has and sixteen want at once', () => {
  it('leave it 1.2 times at most, and are everywhere in 1.5 times the least time that the links allow', {
    timeout: 300_000,
  }, async () => {
    const { uploads, makespanMs, boundMs } = await spread(0, { nodes: 16, bytes: 50e6 });
    expect(uploads).toBeLessThanOrEqual(1.2);
    expect(makespanMs).toBeLessThanOrEqual(1.5 * boundMs);
  });
});
