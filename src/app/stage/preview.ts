/**
 * The interactive preview: three.js draws the FlatScene, and tells the view once a person has orbited. Draws only when
 * something changed: software GPUs and phones have better things to do.
 */
import {
  ACESFilmicToneMapping,
  AgXToneMapping,
  type Group,
  LinearToneMapping,
  NeutralToneMapping,
  Raycaster,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { ToneMapping } from '../../render/output/index.ts';
import type { FlatCamera, FlatScene } from '../../render/scene/index.ts';
import { cameraFrom, fitCamera, orbitTarget, type PreviewCamera, viewOf } from './camera-view.ts';
import { previewLamps } from './preview-lamps.ts';
import { type PreviewEnvironment, PreviewLight } from './preview-light.ts';
import { type SceneMesh, sceneMesh } from './scene-meshes.ts';

const TONE_MAPPING = {
  neutral: NeutralToneMapping,
  agx: AgXToneMapping,
  aces: ACESFilmicToneMapping,
  // Not NoToneMapping: that would leave out the exposure.
  none: LinearToneMapping,
} as const satisfies Record<ToneMapping, unknown>;

/** More pixels than this a side cost more than they show. */
const MAX_PIXEL_RATIO = 2;

export class Preview {
  readonly #renderer: WebGLRenderer;
  readonly #world = new Scene();
  readonly #light: PreviewLight;
  readonly #canvas: HTMLCanvasElement;
  readonly #onOrbit: (view: FlatCamera) => void;
  #content: SceneMesh;
  #lamps: Group;
  readonly #middle = new Vector3();
  #radius = 1;
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
    this.#canvas = canvas;
    this.#onOrbit = onOrbit;
    [this.#content, this.#lamps] = this.#fill(scene);
    this.#light = new PreviewLight(this.#world, scene.lights.length > 0);
    [this.#camera, this.#controls] = this.#look(view);
  }

  /** Looks through one of the scene's cameras again. */
  lookFrom(view: FlatCamera): void {
    this.#controls.dispose();
    [this.#camera, this.#controls] = this.#look(view);
    this.#draw();
  }

  /** The same scene at another moment: the view stays. */
  setScene(scene: FlatScene): void {
    this.#empty();
    [this.#content, this.#lamps] = this.#fill(scene);
    this.#draw();
  }

  setEnvironment(environment: PreviewEnvironment): void {
    this.#light.set(environment);
    this.#draw();
  }

  /** `turns`: as RenderSettings.environmentRotation. */
  placeEnvironment(strength: number, turns: number): void {
    this.#light.place(strength, turns);
    this.#draw();
  }

  /** `exposure` in stops. */
  setLook({ exposure, toneMapping }: { readonly exposure: number; readonly toneMapping: ToneMapping }): void {
    this.#renderer.toneMapping = TONE_MAPPING[toneMapping];
    this.#renderer.toneMappingExposure = 2 ** exposure;
    this.#draw();
  }

  /**
   * How far away, along the view, is what is seen at a point of the canvas (0..1 from its top left)? Metres; undefined where
   * nothing is.
   */
  distanceAt(x: number, y: number): number | undefined {
    const far = this.#fit();
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2(2 * x - 1, 1 - 2 * y), this.#camera);
    ray.far = far;
    const [hit] = ray.intersectObject(this.#content.mesh, true);
    if (!hit) return undefined;
    const ahead = this.#camera.getWorldDirection(new Vector3());
    const distance = hit.point.sub(this.#camera.position).dot(ahead);
    return distance > 0 ? distance : undefined;
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
    this.#empty();
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
  }

  #fill(scene: FlatScene): [SceneMesh, Group] {
    const low = new Vector3(...scene.bounds.min);
    const high = new Vector3(...scene.bounds.max);
    this.#middle.copy(low).add(high).multiplyScalar(0.5);
    this.#radius = Math.max(high.distanceTo(low) / 2, 1e-6);
    const content = sceneMesh(scene);
    const lamps = previewLamps(scene.lights);
    this.#world.add(content.mesh, lamps);
    return [content, lamps];
  }

  #empty(): void {
    this.#world.remove(this.#content.mesh, this.#lamps);
    this.#content.dispose();
  }

  /** The camera fitted to the canvas and the scene; how far it sees. */
  #fit(): number {
    const far = this.#camera.position.distanceTo(this.#middle) + 4 * this.#radius;
    fitCamera(this.#camera, this.#size.width / this.#size.height, far);
    return far;
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
      this.#fit();
      this.#renderer.render(this.#world, this.#camera);
    });
  }
}
