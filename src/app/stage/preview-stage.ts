/**
 * What draws the preview: three.js with the FlatScene, the light around it and a view. It knows no page: it runs in a worker with the canvas
 * handed over, because drawing a large scene, and waiting for a GPU that may be the processor itself, takes seconds that a page does not have.
 * Draws only when something changed: software GPUs and phones have better things to do.
 */
import {
  FloatType,
  type Group,
  Raycaster,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
  WebGLRenderTarget,
} from 'three';
import { suitedExposure, type ToneMapping } from '../../render/output/index.ts';
import { decodeEnvironment, type FlatCamera, type FlatScene } from '../../render/scene/index.ts';
import { cameraFrom, fitCamera, type PreviewCamera } from './camera-view.ts';
import { previewLamps } from './preview-lamps.ts';
import { PreviewLight } from './preview-light.ts';
import { previewTone } from './preview-tone.ts';
import { type SceneMesh, sceneMesh } from './scene-meshes.ts';

/** An encoded EnvironmentMap, or linear radiance. */
export type PreviewEnvironment = Uint8Array | readonly [number, number, number];

/** As it is shown. */
export interface PreviewLook {
  /** Stops. */
  readonly exposure: number;
  readonly toneMapping: ToneMapping;
  /** What suits the view is wanted: see `onMetered`. */
  readonly isAutomatic: boolean;
}

export type PreviewChange =
  | { readonly type: 'view'; readonly view: FlatCamera }
  | { readonly type: 'environment'; readonly environment: PreviewEnvironment }
  /** `turns`: as RenderSettings.environmentRotation. */
  | { readonly type: 'placement'; readonly strength: number; readonly turns: number }
  | (PreviewLook & { readonly type: 'look' })
  /** CSS pixels, and how many of the screen's each has. */
  | { readonly type: 'size'; readonly width: number; readonly height: number; readonly pixelRatio: number };

/** Pixels of the longer side of what is metered. */
const METERED_SIDE = 128;
/** A view that moves is not metered: the picture would waver with it. */
const METER_AFTER_MS = 250;

export class PreviewStage {
  readonly #renderer: WebGLRenderer;
  readonly #world = new Scene();
  readonly #light: PreviewLight;
  readonly #onMetered: (stops: number) => void;
  #content: { readonly mesh: SceneMesh; readonly lamps: Group } | undefined;
  readonly #middle = new Vector3();
  #radius = 1;
  #camera: PreviewCamera | undefined;
  #size = { width: 1, height: 1 };
  #look: PreviewLook = { exposure: 0, toneMapping: 'neutral', isAutomatic: false };
  #frame: number | undefined;
  #metering: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param onMetered is told the stops that suit what is seen, once that stands still, where they are wanted
   * @throws Error where there is no WebGL
   */
  constructor(canvas: HTMLCanvasElement | OffscreenCanvas, onMetered: (stops: number) => void) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: true });
    this.#light = new PreviewLight(this.#world, this.#renderer);
    // Three.js has listened before us: it draws again, but brings back nothing that was drawn into textures.
    const events: EventTarget = canvas;
    events.addEventListener('webglcontextrestored', () => {
      this.#light.reflect();
      this.#changed();
    });
    this.#onMetered = onMetered;
  }

  /** Resolves once it is drawn. */
  setScene(scene: FlatScene): Promise<void> {
    this.#empty();
    const low = new Vector3(...scene.bounds.min);
    const high = new Vector3(...scene.bounds.max);
    this.#middle.copy(low).add(high).multiplyScalar(0.5);
    this.#radius = Math.max(high.distanceTo(low) / 2, 1e-6);
    const [mesh, lamps] = [sceneMesh(scene), previewLamps(scene.lights)];
    this.#content = { mesh, lamps };
    this.#world.add(mesh.mesh, lamps);
    this.#light.hasOwnLight = scene.lights.length > 0;
    this.#changed();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  change(change: PreviewChange): void {
    switch (change.type) {
      case 'view':
        this.#camera = cameraFrom(change.view);
        break;
      case 'environment': {
        const { environment } = change;
        this.#light.set(environment instanceof Uint8Array ? decodeEnvironment(environment) : environment);
        break;
      }
      case 'placement':
        this.#light.place(change.strength, change.turns);
        break;
      case 'size': {
        const { width, height, pixelRatio } = change;
        this.#size = { width: Math.max(1, width), height: Math.max(1, height) };
        this.#renderer.setPixelRatio(pixelRatio);
        this.#renderer.setSize(this.#size.width, this.#size.height, false);
        break;
      }
      case 'look': {
        const isMeteredAnyway = this.#look.isAutomatic || !change.isAutomatic;
        this.#look = change;
        Object.assign(this.#renderer, previewTone(change.toneMapping, change.exposure));
        this.#draw();
        // The light is the same whatever it is shown with.
        if (isMeteredAnyway) return;
        break;
      }
      default:
        change satisfies never;
    }
    this.#changed();
  }

  /**
   * How far away, along the view, is what is seen at a point of the canvas (0..1 from its top left)? Metres; undefined where
   * nothing is.
   */
  distanceAt(x: number, y: number): number | undefined {
    const camera = this.#fittedCamera();
    if (!camera || !this.#content) return undefined;
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2(2 * x - 1, 1 - 2 * y), camera);
    ray.far = camera.far;
    const [hit] = ray.intersectObject(this.#content.mesh.mesh, true);
    if (!hit) return undefined;
    const ahead = camera.getWorldDirection(new Vector3());
    const distance = hit.point.sub(camera.position).dot(ahead);
    return distance > 0 ? distance : undefined;
  }

  dispose(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#metering);
    this.#light.dispose();
    this.#empty();
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
  }

  #empty(): void {
    if (!this.#content) return;
    const { mesh, lamps } = this.#content;
    this.#world.remove(mesh.mesh, lamps);
    mesh.dispose();
    this.#content = undefined;
  }

  /** Fitted to the canvas and the scene: it sees all of it. */
  #fittedCamera(): PreviewCamera | undefined {
    const camera = this.#camera;
    if (!camera) return undefined;
    const far = camera.position.distanceTo(this.#middle) + 4 * this.#radius;
    fitCamera(camera, this.#size.width / this.#size.height, far);
    return camera;
  }

  /** What is seen is another: it is drawn and, once it stands still, metered. */
  #changed(): void {
    clearTimeout(this.#metering);
    this.#metering = setTimeout(() => this.#meter(), METER_AFTER_MS);
    this.#draw();
  }

  #draw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      const camera = this.#fittedCamera();
      // What is lost is drawn when it is restored.
      if (!camera || !this.#content || this.#renderer.getContext().isContextLost()) return;
      this.#renderer.render(this.#world, camera);
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  /** The light itself, without exposure and curve, in small. */
  #meter(): void {
    const camera = this.#fittedCamera();
    if (!camera || !this.#content || !this.#look.isAutomatic) return;
    if (this.#light.isMadeUp) {
      // Lamps of ours say nothing about the picture.
      this.#onMetered(0);
      return;
    }
    const shrink = METERED_SIDE / Math.max(this.#size.width, this.#size.height);
    const width = Math.max(1, Math.round(shrink * this.#size.width));
    const height = Math.max(1, Math.round(shrink * this.#size.height));
    const canBeFloat = this.#renderer.extensions.has('EXT_color_buffer_float');
    if (!canBeFloat) return;
    const target = new WebGLRenderTarget(width, height, { type: FloatType });
    const rgba = new Float32Array(4 * width * height);
    this.#renderer.setRenderTarget(target);
    this.#renderer.render(this.#world, camera);
    this.#renderer.readRenderTargetPixels(target, 0, 0, width, height, rgba);
    this.#renderer.setRenderTarget(null);
    target.dispose();
    // Which row is first does not matter.
    this.#onMetered(
      suitedExposure(
        rgba.filter((_, at) => at % 4 !== 3),
        width,
        height,
      ),
    );
  }
}
