/** The scene to look around in: drawn beside the page, and as the picture will be. */
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { pictureHash } from './support/tabs.ts';

/** Without a GPU the first picture compiles its shaders on a core that others want, too. */
const DRAWN_WITHIN = { timeout: 60_000 };
/** The page as on any desktop, with half the pixels of its stage. */
const FEW_PIXELS = { width: 1000, height: 600 };
const SETTINGS = { width: 96, height: 96, samples: 4 };

async function openTerrace(page: Page): Promise<void> {
  await page.setViewportSize(FEW_PIXELS);
  await page.getByRole('button', { name: 'Sample: Terrace' }).click();
  await expect(page.getByLabel(/^Scene preview/)).toBeVisible();
  // The first picture is drawn.
  await expect(page.locator('.preview .skeleton')).toHaveCount(0);
}

/** The stops that the page shows as suited, once they are not those of nothing. */
async function suitedStops(page: Page): Promise<number> {
  const button = page.getByRole('button', { name: /automatic exposure$/ });
  await expect(button).not.toHaveAccessibleName('Auto 0.0 stops, automatic exposure');
  const name = (await button.getAttribute('aria-label')) ?? '';
  return Number(/([-+]?[0-9.]+) stops/.exec(name)?.[1]);
}

/** How far the shown pixels spread: 0 of one colour. */
async function contrast(page: Page): Promise<number> {
  const png = await page.locator('.preview canvas').screenshot();
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context?.drawImage(image, 0, 0);
    const greens = context
      ?.getImageData(0, 0, image.width, image.height)
      .data.filter((_, at) => at % 4 === 1);
    const sorted = [...(greens ?? [])].sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return at(0.9) - at(0.1);
  }, png.toString('base64'));
}

/** From now on, the changes that the preview's worker is told. */
async function changesTold(page: Page): Promise<() => Promise<readonly string[]>> {
  const told = await page.evaluateHandle(() => {
    const types: string[] = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, message, ...rest: unknown[]) {
      const type = message.argumentList?.[0]?.value?.type;
      if (typeof type === 'string') types.push(type);
      Reflect.apply(post, this, [message, ...rest]);
    };
    return types;
  });
  return () => told.jsonValue();
}

test('the preview is drawn by a worker, at about the exposure that suits the picture', async ({ tab }) => {
  const page = await tab();
  const told = await changesTold(page);
  await openTerrace(page);
  expect(page.workers().some((worker) => worker.url().includes('preview-worker'))).toBe(true);
  await expect.poll(() => contrast(page), DRAWN_WITHIN).toBeGreaterThan(50);
  // What does not change the light does not light the scene anew, which takes a software GPU seconds.
  const lit = (await told()).filter((type) => type === 'environment');
  await page.getByRole('spinbutton', { name: 'Samples' }).fill('7');
  const known = (await told()).length;
  await page.getByRole('spinbutton', { name: 'Width' }).fill('480');
  await expect.poll(async () => (await told()).slice(known)).toContain('size');
  expect((await told()).filter((type) => type === 'environment')).toEqual(lit);
  expect(lit.length).toBeGreaterThan(0);
  const before = await suitedStops(page);
  await page.evaluate((settings) => window.leafcutter?.render(settings), SETTINGS);
  await pictureHash(page);
  await expect(page.getByRole('img', { name: 'Rendered picture' })).toBeVisible();
  // Shadows and mirrors are the path tracer's alone.
  await expect.poll(async () => Math.abs((await suitedStops(page)) - before)).toBeLessThan(0.8);
});

test('where a canvas cannot be handed over the page draws the preview itself, and lights it as before when the GPU has lost all that it had', async ({
  tab,
}) => {
  const page = await tab();
  await page.evaluate(() => {
    Object.assign(HTMLCanvasElement.prototype, { transferControlToOffscreen: undefined });
  });
  await openTerrace(page);
  expect(page.workers().some((worker) => worker.url().includes('preview-worker'))).toBe(false);
  await expect.poll(() => contrast(page), DRAWN_WITHIN).toBeGreaterThan(50);
  const before = await contrast(page);
  await page.locator('.preview canvas').evaluate((canvas) => {
    const context = (canvas as HTMLCanvasElement).getContext('webgl2');
    const extension = context?.getExtension('WEBGL_lose_context');
    // The browser gives it back once everybody has heard that it is lost.
    canvas.addEventListener('webglcontextlost', () => setTimeout(() => extension?.restoreContext()));
    const restored = new Promise((resolve) => canvas.addEventListener('webglcontextrestored', resolve));
    extension?.loseContext();
    return restored.then(() => undefined);
  });
  await expect.poll(async () => Math.abs((await contrast(page)) - before), DRAWN_WITHIN).toBeLessThan(3);
});

test('a GPU that is lost before anything is drawn is waited for', async ({ tab }) => {
  const page = await tab();
  const extension = await page.evaluateHandle(() => {
    Object.assign(HTMLCanvasElement.prototype, { transferControlToOffscreen: undefined });
    const lost: { context?: WEBGL_lose_context | null } = {};
    const getContext = HTMLCanvasElement.prototype.getContext as (...args: unknown[]) => unknown;
    Object.assign(HTMLCanvasElement.prototype, {
      getContext(this: HTMLCanvasElement, ...args: unknown[]) {
        const context = getContext.apply(this, args);
        if (this.closest('.preview') && context instanceof WebGL2RenderingContext && !lost.context) {
          const extension = context.getExtension('WEBGL_lose_context');
          lost.context = extension;
          // Three.js is ready by then, and nothing is drawn yet.
          queueMicrotask(() => extension?.loseContext());
        }
        return context;
      },
    });
    return lost;
  });
  await page.setViewportSize(FEW_PIXELS);
  await page.getByRole('button', { name: 'Sample: Terrace' }).click();
  await expect(page.getByRole('button', { name: 'Render', exact: true })).toBeEnabled();
  await expect.poll(() => extension.evaluate(({ context }) => context !== undefined)).toBe(true);
  await page.evaluate(async () => {
    for (let frame = 0; frame < 30; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
  await expect(page.locator('.preview .skeleton')).toHaveCount(1);
  await extension.evaluate(({ context }) => context?.restoreContext());
  await expect(page.locator('.preview .skeleton')).toHaveCount(0, DRAWN_WITHIN);
  await expect.poll(() => contrast(page), DRAWN_WITHIN).toBeGreaterThan(50);
});

test('what moves while the scene is on its way is never painted anew', async ({ tab }) => {
  const page = await tab();
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/preview-worker/, async (route) => {
    await released;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Sample: Cornell box' }).click();
  await expect(page.locator('.preview .skeleton')).toBeVisible();
  const keyframes = await page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect }) => effect?.getTiming().iterations === Number.POSITIVE_INFINITY)
      .flatMap(({ effect }) => (effect instanceof KeyframeEffect ? effect.getKeyframes() : [])),
  );
  const moving = keyframes
    .flatMap((keyframe) => Object.keys(keyframe))
    .filter((key) => !['offset', 'computedOffset', 'easing', 'composite'].includes(key));
  // A browser moves what is painted, and need not paint it again.
  expect(new Set(moving)).toEqual(new Set(['transform']));
  // Nor does it draw each frame.
  for (const { easing } of keyframes) expect(easing).toMatch(/^steps\(/);
  release();
  await expect(page.locator('.preview .skeleton')).toHaveCount(0);
});
