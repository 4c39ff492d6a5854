/** The scene on the stage: being opened, open, or refused with a reason. Opening a second one overtakes the first. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { FlatCamera, FlatScene, ReadProgress } from '../../render/scene/index.ts';
import type { EnvironmentChoice } from '../../render/settings.ts';
import { messageOf } from '../../runtime/index.ts';

export interface OpenScene {
  /** The file's or the sample's name. */
  readonly title: string;
  readonly scene: FlatScene;
  /** What suits it where the person has not chosen. */
  readonly environment: EnvironmentChoice;
}

export interface Opening {
  readonly title: string;
  /** Undefined before the first step. */
  readonly progress: ReadProgress | undefined;
}

/** `id` differs for each scene opened, also for the same file opened again. */
export interface ShownScene extends OpenScene {
  readonly id: number;
}

export interface SceneState {
  readonly open: ReadonlySignal<ShownScene | undefined>;
  /** What is being read, and how far it is. */
  readonly opening: ReadonlySignal<Opening | undefined>;
  /** An index into the scene's cameras. */
  readonly cameraIndex: ReadonlySignal<number>;
  /** Set once the person has orbited away from the scene's camera. */
  readonly ownView: ReadonlySignal<FlatCamera | undefined>;
  /** Runs `read`; true when its scene is on the stage now. What it throws is told to `onRefused`. */
  load(
    title: string,
    read: (onProgress: (progress: ReadProgress) => void) => Promise<OpenScene>,
  ): Promise<boolean>;
  chooseCamera(index: number): void;
  lookFrom(view: FlatCamera): void;
}

export function createSceneState(
  onRefused: (title: string, reason: string, error: unknown) => void,
): SceneState {
  const open = signal<ShownScene | undefined>(undefined);
  const opening = signal<Opening | undefined>(undefined);
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
      opening.value = { title, progress: undefined };
      try {
        const scene = await read((progress) => {
          if (mine === turn) opening.value = { title, progress };
        });
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
