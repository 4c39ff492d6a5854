/**
 * The scene on the stage: being opened, open, or refused with a reason. Opening a second one overtakes the first; posing the
 * open one at another moment of an animation reads it again, and leaves the view as it is.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type {
  FlatCamera,
  FlatScene,
  ReadProgress,
  SceneAnimation,
  SceneSource,
} from '../../render/scene/index.ts';
import type { EnvironmentChoice } from '../../render/settings.ts';
import { CancelledError, LeafcutterError, messageOf } from '../../runtime/index.ts';

/** A moment of one of the scene's animations. */
export interface Pose {
  /** Its place in the file; null: everything rests. */
  readonly animation: number | null;
  /** Seconds. */
  readonly time: number;
}

export interface ReadContext {
  readonly onProgress: (progress: ReadProgress) => void;
  readonly signal: AbortSignal;
}

export interface OpenScene {
  /** The file's or the sample's name. */
  readonly title: string;
  readonly scene: FlatScene;
  /** What suits it where the person has not chosen. */
  readonly environment: EnvironmentChoice;
  /** Often empty. */
  readonly animations: readonly SceneAnimation[];
  /** At which moment it is; what a reader shows first where it is not said. */
  readonly pose?: Pose;
  /** Reads the same files again, at another moment. */
  posed(pose: Pose, context: ReadContext): Promise<FlatScene>;
  /** The files for others to read at that moment; undefined where they are no longer there, or others might read another scene. */
  source(pose: Pose): Promise<SceneSource | undefined>;
}

export interface Opening {
  readonly kind: 'open' | 'pose';
  readonly title: string;
  /** Undefined before the first step. */
  readonly progress: ReadProgress | undefined;
}

/** `id` differs for each scene opened, also for the same file opened again; a scene posed anew keeps it. */
export interface ShownScene extends OpenScene {
  readonly id: number;
  readonly pose: Pose;
}

export interface SceneState {
  readonly open: ReadonlySignal<ShownScene | undefined>;
  /** What is being read, and how far it is. */
  readonly opening: ReadonlySignal<Opening | undefined>;
  /** An index into the scene's cameras. */
  readonly cameraIndex: ReadonlySignal<number>;
  /** Set once the person has orbited away from the scene's camera. */
  readonly ownView: ReadonlySignal<FlatCamera | undefined>;
  /** The last `visit`, until the person has looked around since. */
  readonly visited: ReadonlySignal<FlatCamera | undefined>;
  /** Runs `read`; true when its scene is on the stage now. What it throws is told to `onRefused`. */
  load(title: string, read: (context: ReadContext) => Promise<OpenScene>): Promise<boolean>;
  /** Shows the open scene at another moment; true once it is on the stage. */
  pose(pose: Pose): Promise<boolean>;
  /** The open scene at another moment, for a render that begins there; what is on the stage stays. @throws what reading throws */
  read(pose: Pose): Promise<FlatScene>;
  /** Gives up what is being read. */
  cancelOpening(): void;
  chooseCamera(index: number): void;
  lookFrom(view: FlatCamera): void;
  /** Takes the preview there. */
  visit(view: FlatCamera): void;
}

/** What a file's reader shows first. */
function firstPose(animations: readonly SceneAnimation[]): Pose {
  return { animation: animations.length > 0 ? 0 : null, time: 0 };
}

export function createSceneState(
  onRefused: (title: string, reason: string, error: unknown) => void,
): SceneState {
  const open = signal<ShownScene | undefined>(undefined);
  const opening = signal<Opening | undefined>(undefined);
  const cameraIndex = signal(0);
  const ownView = signal<FlatCamera | undefined>(undefined);
  const visited = signal<FlatCamera | undefined>(undefined);
  let turn = 0;
  let abort = new AbortController();

  /** One reading at a time: the next one stops it. */
  async function takeTurn<T>(
    kind: Opening['kind'],
    title: string,
    read: (context: ReadContext) => Promise<T>,
    show: (read: T, id: number) => void,
  ): Promise<boolean> {
    abort.abort();
    abort = new AbortController();
    turn += 1;
    const mine = turn;
    let isOver = false;
    opening.value = { kind, title, progress: undefined };
    try {
      const onProgress = (progress: ReadProgress): void => {
        // A reader in a worker may tell of its last step after its result.
        if (mine === turn && !isOver) opening.value = { kind, title, progress };
      };
      const result = await read({ onProgress, signal: abort.signal });
      if (mine !== turn) return false;
      show(result, mine);
      return true;
    } catch (error) {
      if (mine === turn && !(error instanceof CancelledError)) onRefused(title, messageOf(error), error);
      return false;
    } finally {
      isOver = true;
      if (mine === turn) opening.value = undefined;
    }
  }

  return {
    open,
    opening,
    cameraIndex,
    ownView,
    visited,
    load(title, read) {
      return takeTurn('open', title, read, (scene, id) => {
        open.value = { ...scene, id, pose: scene.pose ?? firstPose(scene.animations) };
        cameraIndex.value = 0;
        visited.value = undefined;
        ownView.value = undefined;
      });
    },
    async pose(pose) {
      const shown = open.value;
      if (!shown) return false;
      return takeTurn(
        'pose',
        shown.title,
        (context) => shown.posed(pose, context),
        (scene) => {
          open.value = { ...shown, scene, pose };
        },
      );
    },
    async read(pose) {
      const shown = open.value;
      if (!shown) throw new LeafcutterError('no-scene', 'open a scene before rendering');
      return shown.posed(pose, { onProgress() {}, signal: new AbortController().signal });
    },
    cancelOpening() {
      turn += 1;
      abort.abort();
      opening.value = undefined;
    },
    chooseCamera(index) {
      cameraIndex.value = index;
      visited.value = undefined;
      ownView.value = undefined;
    },
    lookFrom(view) {
      visited.value = undefined;
      ownView.value = view;
    },
    visit(view) {
      ownView.value = view;
      visited.value = view;
    },
  };
}
