/** The page's hold on what draws the preview: in a worker where canvases can be handed over, else right here. */
import type { FlatScene } from '../../render/scene/index.ts';
import { messageOf } from '../../runtime/index.ts';
import type { PreviewChange } from './preview-stage.ts';
import type { PreviewService } from './preview-worker.ts';
import { outlineOf, slicesOf } from './scene-slices.ts';

export interface PreviewLink {
  /** Resolves once it is drawn, or another has taken its place. */
  show(scene: FlatScene): Promise<void>;
  change(change: PreviewChange): void;
  distanceAt(x: number, y: number): Promise<number | undefined>;
  close(): void;
}

export interface PreviewListener {
  readonly onMetered: (stops: number) => void;
  /** It draws no more. */
  readonly onLost: (reason: string) => void;
}

/** @throws Error where there is no WebGL */
export async function openPreview(
  canvas: HTMLCanvasElement,
  listener: PreviewListener,
): Promise<PreviewLink> {
  const canHandOver = typeof canvas.transferControlToOffscreen === 'function';
  return (canHandOver && (await inWorker(canvas, listener))) || onPage(canvas, listener);
}

/** Undefined where a worker cannot draw. */
async function inWorker(
  canvas: HTMLCanvasElement,
  { onMetered, onLost }: PreviewListener,
): Promise<PreviewLink | undefined> {
  const { proxy, transfer, wrap } = await import('comlink');
  const worker = new Worker(new URL('./preview-worker.ts', import.meta.url), { type: 'module' });
  // Held for as long as the worker lives: a collected proxy leaves its promises hanging (comlink 692).
  const service = wrap<PreviewService>(worker);
  // Comlink never settles the calls of a worker that died.
  const lost = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(message || 'its worker could not be started'));
    });
  });
  try {
    if (!(await Promise.race([service.canDraw(), lost]))) {
      worker.terminate();
      return undefined;
    }
    const given = canvas.transferControlToOffscreen();
    await Promise.race([service.open(transfer(given, [given]), proxy(onMetered)), lost]);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  const tellLost = (error: unknown): void => onLost(messageOf(error));
  lost.catch(tellLost);
  let turn = 0;
  return {
    async show(scene) {
      turn += 1;
      const mine = turn;
      await service.begin(outlineOf(scene));
      for (const slice of slicesOf(scene)) {
        // Each waits for the one before it: the page goes on in between.
        if (mine !== turn) return;
        await service.add(transfer(slice, [slice.bytes.buffer]));
      }
      if (mine === turn) await service.show();
    },
    change(change) {
      service.change(change).catch(tellLost);
    },
    distanceAt: (x, y) => service.distanceAt(x, y),
    close() {
      turn += 1;
      worker.terminate();
    },
  };
}

async function onPage(canvas: HTMLCanvasElement, { onMetered }: PreviewListener): Promise<PreviewLink> {
  const { PreviewStage } = await import('./preview-stage.ts');
  const stage = new PreviewStage(canvas, onMetered);
  return {
    show: (scene) => stage.setScene(scene),
    change: (change) => stage.change(change),
    distanceAt: async (x, y) => stage.distanceAt(x, y),
    close: () => stage.dispose(),
  };
}
