/** The preview's worker: one for each preview, ended with it. */
import { expose } from 'comlink';
import { type PreviewChange, PreviewStage } from './preview-stage.ts';
import { SceneInSlices, type SceneOutline, type SceneSlice } from './scene-slices.ts';

export class PreviewService {
  #stage: PreviewStage | undefined;
  #coming: SceneInSlices | undefined;

  /** Some browsers have such canvases without WebGL, and one that is handed over never comes back. */
  canDraw(): boolean {
    return new OffscreenCanvas(1, 1).getContext('webgl2') !== null;
  }

  /** First of all. @throws Error where there is no WebGL */
  open(canvas: OffscreenCanvas, onMetered: (stops: number) => void): void {
    this.#stage = new PreviewStage(canvas, onMetered);
  }

  begin(outline: SceneOutline): void {
    this.#coming = new SceneInSlices(outline);
  }

  add(slice: SceneSlice): void {
    this.#coming?.add(slice);
  }

  /** The scene that has come; resolves once it is drawn. */
  async show(): Promise<void> {
    const scene = this.#coming?.whole();
    this.#coming = undefined;
    if (scene) await this.#stage?.setScene(scene);
  }

  change(change: PreviewChange): void {
    this.#stage?.change(change);
  }

  distanceAt(x: number, y: number): number | undefined {
    return this.#stage?.distanceAt(x, y);
  }
}

expose(new PreviewService());
