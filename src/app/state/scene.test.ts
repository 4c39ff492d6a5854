import { describe, expect, it } from 'vitest';
import type { FlatCamera, FlatScene } from '../../render/scene/index.ts';
import { createSceneState, type OpenScene } from './scene.ts';

const flat = { cameras: [], warnings: [] } as unknown as FlatScene;
const scene = (title: string): OpenScene => ({
  title,
  scene: flat,
  environment: { kind: 'colour', rgb: [0, 0, 0] },
});

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('the scene on the stage', () => {
  it('is the one opened last, whichever finishes first', async () => {
    const state = createSceneState(() => undefined);
    const slow = later<OpenScene>();
    const first = state.load('slow', () => slow.promise);
    const second = state.load('fast', async () => scene('fast'));
    expect(await second).toBe(true);
    slow.resolve(scene('slow'));
    expect(await first).toBe(false);
    expect(state.open.value?.title).toBe('fast');
    expect(state.opening.value).toBeUndefined();
  });

  it('stays when the next one is refused, and the reason is told', async () => {
    const refused: string[] = [];
    const state = createSceneState((title, reason) => refused.push(`${title}: ${reason}`));
    await state.load('good', async () => scene('good'));
    expect(
      await state.load('bad', async () => {
        throw new Error('cut short');
      }),
    ).toBe(false);
    expect(refused).toEqual(['bad: cut short']);
    expect(state.open.value?.title).toBe('good');
  });

  it('says nothing of a refusal that was overtaken', async () => {
    const refused: string[] = [];
    const state = createSceneState((title) => refused.push(title));
    const slow = later<OpenScene>();
    const first = state.load('slow', () => slow.promise);
    await state.load('fast', async () => scene('fast'));
    slow.reject(new Error('late'));
    await first;
    expect(refused).toEqual([]);
  });

  it('tells how far the reading is', async () => {
    const state = createSceneState(() => undefined);
    const seen: unknown[] = [];
    await state.load('big', async (onProgress) => {
      onProgress({ step: 'images', done: 1, total: 3 });
      seen.push(state.opening.value);
      return scene('big');
    });
    expect(seen).toEqual([{ title: 'big', progress: { step: 'images', done: 1, total: 3 } }]);
  });

  it('begins with its first camera, and gives up an own view when a camera is chosen', async () => {
    const state = createSceneState(() => undefined);
    const own = { name: 'Your view' } as FlatCamera;
    await state.load('one', async () => scene('one'));
    state.lookFrom(own);
    expect(state.ownView.value).toBe(own);
    state.chooseCamera(1);
    expect([state.cameraIndex.value, state.ownView.value]).toEqual([1, undefined]);
    await state.load('two', async () => scene('two'));
    expect(state.cameraIndex.value).toBe(0);
  });

  it('is another one when the same file is opened again', async () => {
    const state = createSceneState(() => undefined);
    await state.load('one', async () => scene('one'));
    const before = state.open.value?.id;
    await state.load('one', async () => scene('one'));
    expect(state.open.value?.id).not.toBe(before);
  });
});
