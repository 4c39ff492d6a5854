/** The scene on the stage: being opened, open, or refused with a reason. Opening a second one overtakes the first. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { FlatCamera, FlatScene } from '../../render/scene/format.ts';
import { messageOf } from '../../runtime/index.ts';

export interface OpenScene {
  /** The file's or the sample's name. */
  readonly title: string;
  readonly scene: FlatScene;
}

/** `id` differs for each scene opened, also for the same file opened again. */
export interface ShownScene extends OpenScene {
  readonly id: number;
}

export interface SceneState {
  readonly open: ReadonlySignal<ShownScene | undefined>;
  /** The name of what is being read. */
  readonly opening: ReadonlySignal<string | undefined>;
  /** An index into the scene's cameras. */
  readonly cameraIndex: ReadonlySignal<number>;
  /** Set once the person has orbited away from the scene's camera. */
  readonly ownView: ReadonlySignal<FlatCamera | undefined>;
  /** Runs `read`; true when its scene is on the stage now. What it throws is told to `onRefused`. */
  load(title: string, read: () => Promise<OpenScene>): Promise<boolean>;
  chooseCamera(index: number): void;
  lookFrom(view: FlatCamera): void;
}

export function createSceneState(
  onRefused: (title: string, reason: string, error: unknown) => void,
): SceneState {
  const open = signal<ShownScene | undefined>(undefined);
  const opening = signal<string | undefined>(undefined);
  const cameraIndex = signal(0);
  const ownView = signal<FlatCamera | undefined>(undefined);
  let turn = 0;

  return {
    open,
    opening,
    cameraIndex,
    ownView,
    async load(title, read) {
      turn += 1;
      const mine = turn;
      opening.value = title;
      try {
        const scene = await read();
        if (mine !== turn) return false;
        open.value = { ...scene, id: mine };
        cameraIndex.value = 0;
        ownView.value = undefined;
        return true;
      } catch (error) {
        if (mine === turn) onRefused(title, messageOf(error), error);
        return false;
      } finally {
        if (mine === turn) opening.value = undefined;
      }
    },
    chooseCamera(index) {
      cameraIndex.value = index;
      ownView.value = undefined;
    },
    lookFrom(view) {
      ownView.value = view;
    },
  };
}

/** Whether anything in the scene shines by itself: without it, a black environment gives a black picture. */
export function hasLights(scene: FlatScene): boolean {
  return scene.materials.some(({ emissive }) => emissive.some((channel) => channel > 0));
}
