/**
 * The interactive preview on the page: the canvas, the controls with which a person orbits, and the view that follows from them. What is seen
 * is drawn elsewhere (preview-link.ts), so that the page goes on however large the scene is.
 */
import { Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { FlatCamera, FlatScene } from '../../render/scene/index.ts';
import { cameraFrom, orbitTarget, type PreviewCamera, viewOf } from './camera-view.ts';
import type { PreviewLink } from './preview-link.ts';
import type { PreviewEnvironment, PreviewLook } from './preview-stage.ts';

/** More pixels than this a side cost more than they show. */
const MAX_PIXEL_RATIO = 2;

export class Preview {
  readonly #link: PreviewLink;
  readonly #canvas: HTMLCanvasElement;
  readonly #onOrbit: (view: FlatCamera) => void;
  readonly #middle = new Vector3();
  #radius = 1;
  #controls: OrbitControls | undefined;
  #drawn: Promise<void> = Promise.resolve();

  constructor(canvas: HTMLCanvasElement, link: PreviewLink, onOrbit: (view: FlatCamera) => void) {
    this.#canvas = canvas;
    this.#link = link;
    this.#onOrbit = onOrbit;
  }

  /** Also of the same scene at another moment: the view stays. Resolves once it is drawn. */
  setScene(scene: FlatScene): Promise<void> {
    const low = new Vector3(...scene.bounds.min);
    const high = new Vector3(...scene.bounds.max);
    this.#middle.copy(low).add(high).multiplyScalar(0.5);
    this.#radius = Math.max(high.distanceTo(low) / 2, 1e-6);
    this.#drawn = this.#link.show(scene);
    return this.#drawn;
  }

  /** Looks through one of the scene's cameras, or from where one has been before. After `setScene`. */
  lookFrom(view: FlatCamera): void {
    this.#controls?.dispose();
    this.#controls = this.#control(view);
    this.#link.change({ type: 'view', view });
  }

  setEnvironment(environment: PreviewEnvironment): void {
    this.#link.change({ type: 'environment', environment });
  }

  placeEnvironment(strength: number, turns: number): void {
    this.#link.change({ type: 'placement', strength, turns });
  }

  setLook({ exposure, toneMapping, isAutomatic }: PreviewLook): void {
    this.#link.change({ type: 'look', exposure, toneMapping, isAutomatic });
  }

  /**
   * How far away, along the view, is what is seen at a point of the canvas (0..1 from its top left)? Metres. Asked before the scene is
   * drawn, it answers when it is: nothing is there before.
   */
  async distanceAt(x: number, y: number): Promise<number | undefined> {
    // Whoever showed the scene hears why it could not be drawn.
    await this.#drawn.catch(() => undefined);
    return this.#link.distanceAt(x, y);
  }

  /** CSS pixels. */
  setSize(width: number, height: number): void {
    const pixelRatio = Math.min(devicePixelRatio, MAX_PIXEL_RATIO);
    this.#link.change({ type: 'size', width, height, pixelRatio });
  }

  dispose(): void {
    this.#controls?.dispose();
    this.#link.close();
  }

  #control(view: FlatCamera): OrbitControls {
    const camera: PreviewCamera = cameraFrom(view);
    const controls = new OrbitControls(camera, this.#canvas);
    // The controls level the camera as they start; a scene's camera may be tilted, so it is put back until one orbits.
    const tilted = cameraFrom(view);
    camera.quaternion.copy(tilted.quaternion);
    camera.position.copy(tilted.position);
    controls.target.copy(orbitTarget(view, this.#middle, this.#radius));
    controls.listenToKeyEvents(this.#canvas);
    controls.addEventListener('change', () => {
      const orbited = viewOf(camera);
      this.#onOrbit(orbited);
      this.#link.change({ type: 'view', view: orbited });
    });
    return controls;
  }
}
