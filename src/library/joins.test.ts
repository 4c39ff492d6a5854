import { expect, it } from 'vitest';
import { joinAndLeave } from '../../bench/common/joins.ts';
import { startServerInChild } from '../../signaling/child-process.ts';

/** A connection that stayed would cost threads and files; `npm run bench -- joins` looks at memory over a thousand. */
it('leaves no threads and no files behind, however many come and go', async () => {
  const server = await startServerInChild();
  try {
    const signaling = `http://127.0.0.1:${server.port}/`;
    const [first, last] = await joinAndLeave(signaling, 16, 8);
    expect(last?.joins).toBe(16);
    // Sockets of the server close in their own time: a few may still be there.
    expect((last?.fileDescriptors ?? 0) - (first?.fileDescriptors ?? 0)).toBeLessThan(8);
    expect((last?.threads ?? 0) - (first?.threads ?? 0)).toBeLessThan(4);
  } finally {
    await server.kill();
  }
}, 120_000);
