import { describe, expect, it } from 'vitest';
import { JobRefusedError } from '../../farm/index.ts';
import { CancelledError, type Timers } from '../../runtime/index.ts';
import type { BlobHash } from '../../services/blobs/index.ts';
import type { ReadSource } from '../scene/index.ts';
import type { RenderSpec } from '../settings.ts';
import { ReadScenes } from './read-scenes.ts';

const [hash, files] = ['a', 'b'] as unknown as readonly [BlobHash, BlobHash];
const spec = { scene: hash, source: { files, reading: {} } } as RenderSpec;
const flat = { scene: hash } as RenderSpec;
const brought = Uint8Array.of(1);
const encoded = Uint8Array.of(2, 3);
const unending = new AbortController().signal;

/** Readers that answer when they are told to, and a clock that jumps. */
function setUp(idleBudgetBytes = 100) {
  const alarms = new Set<() => void>();
  const timers = {
    after(_: number, alarm: () => void) {
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
  } as unknown as Timers;
  const asked: { answer(): void; readonly signal: AbortSignal | undefined }[] = [];
  const read: ReadSource = (_, signal) =>
    new Promise((resolve, reject) => {
      asked.push({ answer: () => resolve({ bytes: encoded, hash }), signal });
      signal?.addEventListener('abort', () => reject(new CancelledError('reading')));
    });
  return { scenes: new ReadScenes({ read, timers, idleBudgetBytes }), asked, alarms };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('the scenes that were read', () => {
  it('are read one after the other, and one scene once for all who wait for it', async () => {
    const { scenes, asked, alarms } = setUp();
    const both = [scenes.get(spec, brought, unending), scenes.get(spec, brought, unending)];
    await turn();
    expect(asked).toHaveLength(1);
    asked[0]?.answer();
    expect(await Promise.all(both)).toEqual([encoded, encoded]);
    expect(asked).toHaveLength(1);
    expect(alarms.size).toBe(0);
  });

  it('stay while somebody needs them, and then as long as there is room', async () => {
    const { scenes } = setUp(1);
    scenes.put(spec, encoded);
    expect(scenes.acquire(spec)).toBe(encoded);
    scenes.release(spec);
    expect(scenes.acquire(spec)).toBe(encoded);
    scenes.release(spec);
    scenes.release(spec);
    expect(scenes.acquire(spec)).toBeUndefined();
    const roomy = setUp().scenes;
    roomy.put(spec, encoded);
    roomy.release(spec);
    expect(roomy.acquire(spec)).toBe(encoded);
  });

  it('are not read where the scene itself travelled, nor kept a second time', async () => {
    const { scenes, asked } = setUp();
    expect(await scenes.get(flat, brought, unending)).toBe(brought);
    scenes.put(flat, brought);
    expect(scenes.acquire(flat)).toBeUndefined();
    expect(scenes.acquire(spec)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('who no longer wants one stops the reading, and the next one is read', async () => {
    const { scenes, asked } = setUp();
    const stop = new AbortController();
    const unwanted = scenes.get(spec, brought, stop.signal);
    const never = scenes.get(spec, brought, AbortSignal.abort());
    const wanted = scenes.get(spec, brought, unending);
    await turn();
    stop.abort();
    await expect(unwanted).rejects.toThrow(CancelledError);
    await expect(never).rejects.toThrow(CancelledError);
    await turn();
    expect(asked).toHaveLength(2);
    asked[1]?.answer();
    expect(await wanted).toBe(encoded);
  });

  it('one that takes for ever is given up, with the reason', async () => {
    const { scenes, asked, alarms } = setUp();
    const reading = scenes.get(spec, brought, unending);
    await turn();
    for (const alarm of alarms) alarm();
    await expect(reading).rejects.toThrow(JobRefusedError);
    await expect(reading).rejects.toThrow('not read within 180 seconds');
    expect(asked[0]?.signal?.aborted).toBe(true);
  });

  it('closing stops what is read', async () => {
    const { scenes, asked } = setUp();
    const reading = scenes.get(spec, brought, unending);
    await turn();
    scenes.close();
    await expect(reading).rejects.toThrow(CancelledError);
    expect(asked[0]?.signal?.aborted).toBe(true);
  });
});
