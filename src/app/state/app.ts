/**
 * The page's state in one object: signals fed by the Node's and the farm's events, and the actions that controls and the
 * console handle share. Components only read signals and call actions.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { cleanDeviceName, deviceAttributes, deviceInfoOf } from '../../farm/index.ts';
import type { JobId } from '../../render/job/index.ts';
import { distanceToMiddle } from '../../render/lens.ts';
import { drawnTriangles } from '../../render/scene/index.page.ts';
import { type EnvironmentChoice, frameTime, type RenderSettings } from '../../render/settings.ts';
import { CancelledError, LeafcutterError, messageOf, systemTimers } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type PickedFile, whyRefused } from '../picked-files.ts';
import type { Session } from '../session.ts';
import { createEndings } from './endings.ts';
import { watchWork } from './farm-work.ts';
import { focusText } from './focus.ts';
import { formatDuration } from './format.ts';
import { createFrameRange } from './frame-range.ts';
import { createInviteAddresses } from './invite-address.ts';
import { type JobView, watchJobs } from './jobs.ts';
import { createLending, type PowerSupply } from './lending.ts';
import { NodeColours } from './node-colours.ts';
import { createNotices } from './notices.ts';
import { createOwnEnvironment, isEnvironmentFile } from './own-environment.ts';
import { watchPaths } from './paths.ts';
import { watchPeople } from './people.ts';
import { phaseOf } from './phase.ts';
import { createPictureTools } from './picture-tools.ts';
import { createPlayer } from './player.ts';
import { remember, rememberedInviteAddress, rememberedSettings } from './remembered.ts';
import { createRoomDoor } from './room-door.ts';
import { createSceneState, type OpenScene, type ReadContext } from './scene.ts';
import { createSettings } from './settings.ts';
import { createStageChoice } from './stage-mode.ts';

/** What the page does: the picture, or any other function. */
export type PageView = 'render' | 'compute';

export type App = ReturnType<typeof createApp>;

export function createApp(session: Session) {
  const { node, farm, library } = session;
  const notices = createNotices();
  const people = watchPeople(session, systemTimers);
  const colours = new NodeColours();

  const scene = createSceneState((title, reason, error) => {
    const details = error instanceof LeafcutterError && error.cause ? [messageOf(error.cause)] : [];
    notices.add('error', 'scene', `Could not open ${title}`, [
      reason,
      ...details.filter((line) => line !== reason),
    ]);
  });
  const settings = createSettings(
    computed(() => {
      const flat = scene.open.value?.scene;
      const camera = scene.ownView.value ?? scene.cameraIndex.value;
      const view = typeof camera === 'number' ? flat?.cameras[camera] : camera;
      return { camera, view, autoFocus: flat && view ? distanceToMiddle(flat.bounds, view) : 1 };
    }),
    rememberedSettings(),
  );
  const frameRange = createFrameRange(scene.open);
  const ownEnvironment = createOwnEnvironment(
    library.environmentFile,
    settings.chooseEnvironment,
    (name, reason) => notices.add('error', 'scene', `Could not open ${name}`, [reason]),
  );

  const inviteAddresses = createInviteAddresses({
    own: new URL('.', location.href),
    fragment: session.inviteFragment,
    isSecure: isSecureContext,
    askServer: async () => (await fetch(new URL('api/addresses', document.baseURI))).json(),
    ...rememberedInviteAddress(),
  });

  const view = signal<PageView>('render');
  const chosenJob = signal<JobId | undefined>(undefined);
  const isSubmitting = signal(false);
  /** The next click on the scene says what is in focus. */
  const isPickingFocus = signal(false);

  const { workers, onlyVisible, onlyOnMains } = session.remembered;
  const lending = createLending({
    workers,
    rules: { onlyVisible, onlyOnMains },
    page: document,
    power: () => (navigator as { getBattery?(): Promise<PowerSupply> }).getBattery?.(),
    hasWork: watchWork(session.work),
    claimCores: (onShare) => session.claimCores(onShare),
    setWorkers: (count) => farm.setWorkerCount(count),
    remember: (change) => void remember(change),
  });
  const jobs = watchJobs(farm, { timers: systemTimers, page: document });
  const endings = createEndings();
  const shownJob: ReadonlySignal<JobView | undefined> = computed(() =>
    jobs.list.value.find((view) => view.job.id === chosenJob.value),
  );
  const { mode: stage, show, offerPicture } = createStageChoice(scene.open, shownJob);
  const player = createPlayer(shownJob, systemTimers);
  const picture = createPictureTools(
    { shownJob, frame: player.frame, look: settings.look },
    (title, reason) => notices.add('error', 'render', title, [reason]),
  );
  jobs.onNew((view) => {
    endings.watch(view);
    const shown = shownJob.value;
    // One's own render goes on being shown; anything else gives way to what has just started.
    if (shown?.isRunning.value && shown.job.isOwn && !view.job.isOwn) return;
    if (!view.isRunning.value && shown) return;
    chosenJob.value = view.job.id;
    if (view.job.isOwn) show('picture');
    else offerPicture();
  });

  const lentWorkers = computed(() =>
    people.members.value.reduce((sum, { attributes }) => sum + deviceInfoOf(attributes).workers, 0),
  );
  const phase = computed(() => {
    const shown = stage.value === 'picture' ? shownJob.value : undefined;
    const open = scene.open.value;
    return phaseOf({
      opening: scene.opening.value?.title,
      isStarting: isSubmitting.value,
      job: shown && {
        title: shown.job.title,
        state: shown.state.value,
        reason: shown.standing.value.reason,
        seconds: shown.isRunning.value ? 0 : shown.progress.value.elapsedSeconds,
      },
      isJobComing: farm.coming.value !== undefined && farm.coming.value.problem === undefined,
      scene: open && { title: open.title, triangles: drawnTriangles(open.scene) },
      rendezvous: people.rendezvous.value,
      others: people.members.value.length - 1,
      workers: lentWorkers.value,
      hasLeft: people.departure.value !== undefined,
    });
  });

  const paths = watchPaths(session.transport.events, people.members, (peer, reason) => {
    const member = people.members.value.find(({ id }) => id === peer);
    const isReached = member?.hops !== undefined && member.hops > 1;
    notices.add(
      'warning',
      'path',
      `No direct connection to ${member ? deviceInfoOf(member.attributes).name : 'another device'}`,
      [
        reason,
        isReached
          ? 'the two talk through other devices'
          : 'a third device that reaches both would bring them together',
      ],
    );
  });
  paths.failed.subscribe(({ size }) => {
    if (size === 0) notices.dismissTopic('path');
  });
  session.onDiskTrouble(({ message }) =>
    notices.add('warning', 'disk', 'This device keeps nothing more on its disk', [
      message,
      'renders go on, but do not outlive a restart of all browsers',
    ]),
  );
  node.events.on('refused', ({ reason, message }) => {
    const isCutOff = reason === 'malformed' || reason === 'too-much';
    const title = isCutOff ? 'A device was cut off' : 'A connection was refused';
    notices.add('error', 'network', title, [message]);
  });
  node.events.on('away', ({ forMs }) => {
    notices.dismissTopic('away');
    notices.add('info', 'away', `This tab was away for ${formatDuration(forMs / 1000)} and goes on.`, []);
  });

  const room = createRoomDoor(session);

  function showJob(view: JobView): void {
    chosenJob.value = view.job.id;
    show('picture');
  }

  async function load(title: string, read: (context: ReadContext) => Promise<OpenScene>): Promise<boolean> {
    notices.dismissTopic('scene');
    // What is opened is rendered, maybe when the server is away: a render says what is missing then.
    farm.come().catch(() => {});
    const isOpen = await scene.load(title, read);
    const open = scene.open.value;
    if (!isOpen || !open) return false;
    show('scene');
    isPickingFocus.value = false;
    // A distance in the last scene means nothing in this one.
    settings.change({ focus: '' });
    settings.suggestEnvironment(open.environment);
    if (open.scene.warnings.length > 0) {
      notices.add(
        'warning',
        'scene',
        `${open.title} opened, but not all of it is shown`,
        open.scene.warnings,
      );
    }
    return true;
  }

  /** Scenes, and panoramas to light them: what a person has in one folder can be dropped as one. */
  async function openFiles(files: readonly PickedFile[]): Promise<boolean> {
    const panorama = files.find(({ file }) => isEnvironmentFile(file));
    const rest = files.filter(({ file }) => !isEnvironmentFile(file));
    const [first] = rest;
    const isLit = panorama ? ownEnvironment.read(panorama.file) : Promise.resolve(false);
    if (!first) return isLit;
    const title = rest.length === 1 ? first.file.name : `${first.file.name} and ${rest.length - 1} more`;
    const isOpen = await load(title, (context) => library.openFiles(rest, context));
    await isLit;
    return isOpen;
  }

  async function environmentOf(choice: EnvironmentChoice): Promise<Uint8Array | undefined> {
    switch (choice.kind) {
      case 'builtin':
        return await library.environment(choice.name);
      case 'file':
        return ownEnvironment.named(choice.name);
      case 'colour':
        return undefined;
      default:
        return choice satisfies never;
    }
  }

  /** Starts a render of the open scene. `override` replaces single settings. @throws LeafcutterError */
  async function render(override: Partial<RenderSettings> = {}): Promise<JobView> {
    const open = scene.open.value;
    if (!open) throw new LeafcutterError('no-scene', 'open a scene before rendering');
    const read = settings.read.value;
    if (!read.ok) {
      throw new LeafcutterError('bad-settings', Object.values(read.errors).join(' '));
    }
    const range = frameRange.read.value;
    if (!range.ok) throw new LeafcutterError('bad-settings', Object.values(range.errors).join(' '));
    const { frames } = range;
    const chosen = { ...read.settings, ...override };
    isSubmitting.value = true;
    try {
      const environment = await environmentOf(chosen.environment);
      const pose = frames ? { ...open.pose, time: frameTime(frames, 0) } : open.pose;
      const source = await open.source(pose);
      const job = await farm.submit({
        title: open.title,
        scene: pose.time === open.pose.time ? open.scene : await scene.read(pose),
        settings: chosen,
        ...(frames ? { frames } : {}),
        ...(source ? { source } : {}),
        ...(environment ? { environmentMap: environment } : {}),
      });
      const view = jobs.list.value.find((candidate) => candidate.job.id === job.id);
      if (!view) throw new LeafcutterError('job-lost', 'the render ended before it was listed; try again');
      showJob(view);
      return view;
    } finally {
      isSubmitting.value = false;
    }
  }

  return {
    session,
    room,
    view,
    notices,
    people,
    colours,
    scene,
    settings,
    frameRange,
    jobs,
    shownJob,
    player,
    picture,
    stage,
    phase,
    isSubmitting: isSubmitting as ReadonlySignal<boolean>,
    isPickingFocus: isPickingFocus as ReadonlySignal<boolean>,
    inviteAddresses,
    paths,
    ownEnvironment,
    library,
    environmentOf,
    render,
    /** `render` for a button: what goes wrong becomes a notice. */
    async renderOrExplain(): Promise<void> {
      try {
        await render();
      } catch (error) {
        if (!(error instanceof CancelledError)) {
          notices.add('error', 'render', 'The render could not be started', [messageOf(error)]);
        }
      }
    },
    /** Something of a render, for everyone: what goes wrong becomes a notice. */
    async ask(wish: () => Promise<void>): Promise<void> {
      try {
        await wish();
      } catch (error) {
        notices.add('error', 'render', 'The render was not changed', [messageOf(error)]);
      }
    },
    openSample(name: string): Promise<boolean> {
      const title = library.samples.find((sample) => sample.name === name)?.label ?? name;
      return load(title, (context) => library.openSample(name, context));
    },
    openFiles,
    /** `openFiles` for what was dropped or picked: what cannot be read becomes a notice. */
    openPicked(picked: Promise<readonly PickedFile[]>): void {
      const refuse = (reason: string): void => {
        notices.add('error', 'scene', 'The dropped files could not be read', [reason]);
      };
      picked.then(
        (files) => {
          const reason = whyRefused(files);
          if (reason === undefined) void openFiles(files);
          else refuse(reason);
        },
        (error: unknown) => refuse(messageOf(error)),
      );
    },
    /** Shows the scene, where the next click says what is in focus; again: never mind. */
    pickFocus(): void {
      show('scene');
      isPickingFocus.value = !isPickingFocus.value;
    },
    /** Metres along the view; undefined: nothing was hit, and nothing changes. */
    focusAt(metres: number | undefined): void {
      isPickingFocus.value = false;
      if (metres !== undefined) settings.change({ hasLens: true, focus: focusText(metres) });
    },
    showJob,
    /** Puts the scene, the picture, or the ways to begin on the stage. */
    show,
    rename(text: string): string {
      const name = cleanDeviceName(text) || session.defaultDeviceName;
      if (!node.isClosed) node.setAttributes(deviceAttributes({ name }));
      void remember({ deviceName: name });
      return name;
    },
    lending,
    /** By all devices here. */
    lentWorkers,
    endings,
    /** Puts what is read on the stage; true once it is there, false where the page has said why not. */
    load,
    /** As its device calls itself; undefined once it has left. */
    nameOf(id: NodeId): string | undefined {
      const member = people.members.value.find((one) => one.id === id);
      return member && deviceInfoOf(member.attributes).name;
    },
    removeJob({ job }: JobView): void {
      farm.remove(job.id);
    },
  };
}
