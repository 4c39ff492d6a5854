/** FlatCamera to a three.js camera and back: what is seen in the preview is what gets rendered. */
import { OrthographicCamera, PerspectiveCamera, Vector3 } from 'three';
import type { FlatCamera } from '../../render/scene/index.ts';

export type PreviewCamera = PerspectiveCamera | OrthographicCamera;

const DEGREES = 180 / Math.PI;

export function cameraFrom(view: FlatCamera): PreviewCamera {
  const camera =
    view.projection.kind === 'perspective'
      ? new PerspectiveCamera(view.projection.yfov * DEGREES)
      : new OrthographicCamera(-1, 1, view.projection.ymag, -view.projection.ymag);
  camera.matrix.makeBasis(new Vector3(...view.right), new Vector3(...view.up), new Vector3(...view.back));
  camera.matrix.setPosition(...view.position);
  camera.matrix.decompose(camera.position, camera.quaternion, camera.scale);
  camera.updateMatrixWorld(true);
  return camera;
}

/** Fits the camera to the picture's shape; near and far planes hold the whole scene. */
export function fitCamera(camera: PreviewCamera, aspect: number, far: number): void {
  camera.near = camera instanceof PerspectiveCamera ? far / 20_000 : -far;
  camera.far = far;
  if (camera instanceof PerspectiveCamera) {
    camera.aspect = aspect;
  } else {
    camera.left = -camera.top * aspect;
    camera.right = camera.top * aspect;
  }
  camera.updateProjectionMatrix();
}

/** The view as it is now, in the scene's terms. */
export function viewOf(camera: PreviewCamera): FlatCamera {
  camera.updateMatrixWorld(true);
  const right = new Vector3();
  const up = new Vector3();
  const back = new Vector3();
  camera.matrixWorld.extractBasis(right, up, back);
  return {
    name: 'Your view',
    position: camera.position.toArray(),
    right: right.normalize().toArray(),
    up: up.normalize().toArray(),
    back: back.normalize().toArray(),
    projection:
      camera instanceof PerspectiveCamera
        ? { kind: 'perspective', yfov: camera.fov / DEGREES }
        : { kind: 'orthographic', ymag: camera.top / camera.zoom },
  };
}

/** What to orbit around: the point ahead that is nearest to the middle of the scene, never behind the camera. */
export function orbitTarget(view: FlatCamera, middle: Vector3, sceneRadius: number): Vector3 {
  const position = new Vector3(...view.position);
  const ahead = new Vector3(...view.back).negate();
  const distance = Math.max(middle.clone().sub(position).dot(ahead), 0.05 * sceneRadius);
  return ahead.multiplyScalar(distance).add(position);
}
