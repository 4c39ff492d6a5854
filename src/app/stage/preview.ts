/**
 * The interactive preview: three.js draws the FlatScene, and tells the view once a person has orbited. Draws only when
 * something changed: software GPUs and phones have better things to do.
 */
import { NeutralToneMapping, Scene, Vector3, WebGLRenderer } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { FlatCamera, FlatScene } from '../../render/scene/index.ts';
import { cameraFrom, fitCamera, orbitTarget, type PreviewCamera, viewOf } from './camera-view.ts';
import { type PreviewEnvironment, PreviewLight } from './preview-light.ts';
import { type SceneMesh, sceneMesh } from './scene-meshes.ts';

/** More pixels than this a side cost more than they show. */
const MAX_PIXEL_RATIO = 2;

export class Preview {
  readonly #renderer: WebGLRenderer;
  readonly #world = new Scene();
  readonly #content: SceneMesh;
  readonly #light: PreviewLight;
  readonly #canvas: HTMLCanvasElement;
  readonly #onOrbit: (view: FlatCamera) => void;
  readonly #middle: Vector3;
  readonly #radius: number;
  #camera: PreviewCamera;
  #controls: OrbitControls;
  #size = { width: 1, height: 1 };
  #frame: number | undefined;

  /** @throws Error where the browser has no WebGL. */
  constructor(
    canvas: HTMLCanvasElement,
    scene: FlatScene,
    view: FlatCamera,
    onOrbit: (view: FlatCamera) => void,
  ) {
    this.#renderer = new WebGLRenderer({ canvas, antialias: true });
    this.#renderer.toneMapping = NeutralToneMapping;
    this.#canvas = canvas;
    this.#onOrbit = onOrbit;
    const low = new Vector3(...scene.bounds.min);
    const high = new Vector3(...scene.bounds.max);
    this.#middle = low.clone().add(high).multiplyScalar(0.5);
    this.#radius = Math.max(high.distanceTo(low) / 2, 1e-6);
    this.#content = sceneMesh(scene);
    this.#world.add(this.#content.mesh);
    this.#light = new PreviewLight(this.#world);
    [this.#camera, this.#controls] = this.#look(view);
  }

  /** Looks through one of the scene's cameras again. */
  lookFrom(view: FlatCamera): void {
    this.#controls.dispose();
    [this.#camera, this.#controls] = this.#look(view);
    this.#draw();
  }

  setEnvironment(environment: PreviewEnvironment): void {
    this.#light.set(environment);
    this.#draw();
  }

  /** Stops. */
  setExposure(stops: number): void {
    this.#renderer.toneMappingExposure = 2 ** stops;
    this.#draw();
  }

  /** CSS pixels. */
  setSize(width: number, height: number): void {
    this.#size = { width: Math.max(1, width), height: Math.max(1, height) };
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, MAX_PIXEL_RATIO));
    this.#renderer.setSize(this.#size.width, this.#size.height, false);
    this.#draw();
  }

  dispose(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#controls.dispose();
    this.#light.dispose();
    this.#content.dispose();
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
  }

  #look(view: FlatCamera): [PreviewCamera, OrbitControls] {
    const camera = cameraFrom(view);
    const controls = new OrbitControls(camera, this.#canvas);
    // The controls level the camera as they start; a scene's camera may be tilted, so it is put back until one orbits.
    const tilted = cameraFrom(view);
    camera.quaternion.copy(tilted.quaternion);
    camera.position.copy(tilted.position);
    controls.target.copy(orbitTarget(view, this.#middle, this.#radius));
    controls.listenToKeyEvents(this.#canvas);
    controls.addEventListener('change', () => {
      this.#onOrbit(viewOf(camera));
      this.#draw();
    });
    return [camera, controls];
  }

  #draw(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      const far = this.#camera.position.distanceTo(this.#middle) + 4 * this.#radius;
      fitCamera(this.#camera, this.#size.width / this.#size.height, far);
      this.#renderer.render(this.#world, this.#camera);
    });
  }
}
