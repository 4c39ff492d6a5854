import { describe, expect, it } from 'vitest';
import type { FlatCamera, FlatScene } from '../../render/scene/index.ts';
import { createSceneState, type OpenScene } from './scene.ts';

const flat = { cameras: [], warnings: [] } as unknown as FlatScene;
const scene = (title: string): OpenScene => ({
  title,
  scene: flat,
  environment: { kind: 'colour', rgb: [0, 0, 0] },
  animations: [{ name: 'wave', duration: 2 }],
  source: async () => undefined,
  posed: async () => ({ ...flat, warnings: ['posed'] }),
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
    await state.load('big', async ({ onProgress }) => {
      onProgress({ step: 'images', done: 1, total: 3 });
      seen.push(state.opening.value);
      return scene('big');
    });
    expect(seen).toEqual([{ kind: 'open', title: 'big', progress: { step: 'images', done: 1, total: 3 } }]);
  });

  it('is not being read any more once it is there, whatever its reader tells too late', async () => {
    const state = createSceneState(() => undefined);
    let late = (): void => undefined;
    await state.load('quick', async ({ onProgress }) => {
      late = () => onProgress({ step: 'images', done: 0, total: 1 });
      return scene('quick');
    });
    late();
    expect(state.opening.value).toBeUndefined();
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

  it('posed at another moment stays the same scene, seen from the same place', async () => {
    const state = createSceneState(() => undefined);
    const own = { name: 'Your view' } as FlatCamera;
    await state.load('one', async () => scene('one'));
    const id = state.open.value?.id;
    expect(state.open.value?.pose).toEqual({ animation: 0, time: 0 });
    state.lookFrom(own);
    expect(await state.pose({ animation: 0, time: 1.5 })).toBe(true);
    expect(state.open.value).toMatchObject({ id, pose: { time: 1.5 }, scene: { warnings: ['posed'] } });
    expect(state.ownView.value).toBe(own);
  });

  it('can be given up while it is read: the reader is told, and nobody else', async () => {
    const refused: string[] = [];
    const state = createSceneState((title) => refused.push(title));
    await state.load('good', async () => scene('good'));
    const aborted = state.load('slow', ({ signal }) => {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    });
    state.cancelOpening();
    expect(state.opening.value).toBeUndefined();
    expect(await aborted).toBe(false);
    expect(state.open.value?.title).toBe('good');
    expect(refused).toEqual([]);
  });

  it('stops the reader that it overtakes', async () => {
    const state = createSceneState(() => undefined);
    const slow = later<OpenScene>();
    let stopped: AbortSignal | undefined;
    const first = state.load('slow', ({ signal }) => {
      stopped = signal;
      return slow.promise;
    });
    await state.load('fast', async () => scene('fast'));
    slow.resolve(scene('slow'));
    await first;
    expect(stopped?.aborted).toBe(true);
  });

  it('takes the preview where a link leads, until the person looks around or chooses a camera', () => {
    const state = createSceneState(() => undefined);
    const [there, aside] = [{ name: 'there' }, { name: 'aside' }] as FlatCamera[];
    if (!there || !aside) throw new Error('two cameras were made');
    state.visit(there);
    expect(state.visited.value).toBe(there);
    expect(state.ownView.value).toBe(there);
    state.lookFrom(aside);
    expect(state.visited.value).toBeUndefined();
    expect(state.ownView.value).toBe(aside);
    state.visit(there);
    state.chooseCamera(0);
    expect(state.visited.value).toBeUndefined();
    expect(state.ownView.value).toBeUndefined();
  });
});
