import { expect, it } from 'vitest';
import { createWakeLock } from './wake-lock.ts';

function screen() {
  let seen: () => void = () => {};
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    addEventListener: (_: string, listener: () => void) => {
      seen = listener;
    },
  };
  let held = 0;
  let asked = 0;
  const lock = {
    request: async () => {
      held++;
      asked++;
      return { release: async () => void held-- };
    },
  };
  const setAtWork = createWakeLock({ page: page as unknown as Document, lock });
  return {
    setAtWork,
    look: (state: DocumentVisibilityState) => {
      page.visibilityState = state;
      seen();
    },
    held: () => held,
    asked: () => asked,
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

it('the screen stays on while there is work, and once only', async () => {
  const { setAtWork, held, asked } = screen();
  setAtWork(true);
  setAtWork(true);
  await settled();
  expect([held(), asked()]).toEqual([1, 1]);
  setAtWork(false);
  await settled();
  expect(held()).toBe(0);
});

it('it is asked for again when the page comes back into sight', async () => {
  const { setAtWork, look, held, asked } = screen();
  setAtWork(true);
  await settled();
  look('hidden');
  await settled();
  expect(held()).toBe(0);
  look('visible');
  await settled();
  expect([held(), asked()]).toEqual([1, 2]);
});

it('a browser without one, or one that refuses, changes nothing', async () => {
  const page = { visibilityState: 'visible', addEventListener: () => {} } as unknown as Document;
  createWakeLock({ page, lock: undefined })(true);
  const setAtWork = createWakeLock({
    page,
    lock: { request: () => Promise.reject(new Error('low battery')) },
  });
  setAtWork(true);
  await settled();
  setAtWork(false);
  await settled();
});
