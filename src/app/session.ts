/** One visit to one Network: the Node, the render farm on it, and the scenes. The only place where they are put together. */
import { COMPUTE_KIND } from '../compute/index.page.ts';
import type { ComputeDesk, Sandbox } from '../compute/index.ts';
import { deviceAttributes, Farm, JobsMeanwhile, openJobArchive } from '../farm/index.ts';
import { createNode, type MeshNode, serverProver } from '../mesh/index.ts';
import { createBrowserPool, loadKernel, RENDER_KIND } from '../render/job/index.page.ts';
import {
  systemClock as clock,
  Emitter,
  log,
  messageOf,
  systemRandom as random,
  systemTime,
  systemTimers as timers,
  systemWallClock as wallClock,
} from '../runtime/index.ts';
import { type BlobService, createBlobs, openBlobDisk, platformPacking } from '../services/blobs/index.ts';
import { browserKeeping, browserPlace } from '../services/disk/index.browser.ts';
import type { DeviceKeeping, DiskTrouble } from '../services/disk/index.ts';
import type { PubSub } from '../services/pubsub/index.ts';
import type { TextInvites, Transport } from '../transport/index.ts';
import { createInvitingTransport, ServedIce } from '../transport/peerjs/index.ts';
import { formatInvite, type Invite, networkHash } from '../wire/index.ts';
import { browserCores, type CoreClaim, claimCores } from './core-claim.ts';
import { Late } from './late.ts';
import { LateRenderFarm } from './late-render-farm.ts';
import { pageFile } from './page-file.ts';
import type { SessionRooms } from './room/session-rooms.ts';
import { createSceneLibrary, type SceneLibrary } from './scene-library.ts';
import { defaultDeviceName } from './state/device-name.ts';
import { recall } from './state/remembered.ts';
import { maxWorkers } from './state/settings-form.ts';
import { tabBrowser } from './tab-claim.ts';
import { openTabIdentity, tabStorage } from './tab-identity.ts';
import { whenCalm } from './when-calm.ts';

export interface Session {
  readonly node: MeshNode;
  /** For what only the page asks of it: how Links run, why some do not come about, another try at the server, texts that invite. */
  readonly transport: Pick<Transport, 'events' | 'pathTo' | 'tryNow'> & TextInvites;
  readonly farm: LateRenderFarm;
  /** All Jobs, of every kind. */
  readonly work: Pick<Farm, 'events' | 'jobs' | 'view' | 'readLog'>;
  /** What this tab may take of the device's cores, beside the other tabs of this browser. */
  claimCores(onShare: (workers: number) => void): CoreClaim;
  /** What this device keeps on its disk, of this and other Networks. */
  readonly keeping: DeviceKeeping;
  /** The disk is full or away: renders go on without it. */
  onDiskTrouble(listener: (trouble: DiskTrouble) => void): void;
  /** Any other function: what a caller needs, and where it is tried before it is shipped. */
  readonly compute: Late<ComputeDesk>;
  openSandbox(): Promise<Sandbox>;
  readonly library: SceneLibrary;
  /** What travelled for renders. */
  readonly blobs: Pick<BlobService, 'get' | 'release'>;
  /** Subjects, queue groups, requests. */
  readonly pubsub: Late<PubSub>;
  /** Rooms of this Network, kept on this device, and what its own is made from. */
  readonly rooms: Late<SessionRooms>;
  /** Whether the address names a room of its own. */
  readonly hasRoomLink: boolean;
  readonly networkName: string;
  /** `#name.key`, the part of the invite that no server sees. */
  readonly inviteFragment: string;
  readonly defaultDeviceName: string;
  /** How this device helped at its last visit; `workers` is what it lends at first. */
  readonly remembered: {
    readonly workers: number;
    readonly onlyVisible: boolean;
    readonly onlyOnMains: boolean;
  };
  /** `replaced`: this tab's key lives on elsewhere, and this session is closed. The next load is a new Node. */
  readonly events: Emitter<{ replaced: { readonly message: string } }>;
  /** Says goodbye to everyone and stops the workers. Idempotent. */
  close(): void;
}

/** A server on the LAN answers in a few milliseconds. */
const ICE_TIMEOUT_MS = 3_000;

export interface SessionOptions {
  readonly href: string;
  /** Others are there already, most likely. */
  readonly isInvited: boolean;
}

/** Joins the invite's Network. @throws LeafcutterError where the browser lacks what a Node needs. */
export async function openSession(invite: Invite, { href, isInvited }: SessionOptions): Promise<Session> {
  const server = new URL('.', href);
  const ice = new ServedIce({ server, timers, random });
  const [kernel, remembered, tab] = await Promise.all([
    loadKernel((name) => pageFile(`generated/${name}`)),
    recall(),
    (isInvited ? quickenWhenLoaded() : Promise.resolve()).then(() =>
      openTabIdentity(tabStorage(), () => tabBrowser(timers), wallClock.now(), random),
    ),
    // The first connections need them, too. A server that does not answer is not waited for.
    Promise.race([
      ice.start(),
      new Promise((resolve) => timers.after(ICE_TIMEOUT_MS, () => resolve(undefined))),
    ]),
  ]);
  const cores = navigator.hardwareConcurrency || 1;
  const workers = Math.min(remembered.workers ?? cores, maxWorkers(cores));
  const { identity, life } = tab;
  const ownName = defaultDeviceName(navigator, identity.id);
  const transport = createInvitingTransport({
    self: identity.id,
    prover: serverProver(identity),
    server,
    networkHash: networkHash(invite.name),
    ice: () => ice.current,
    timers,
    random,
  });
  const node = createNode({
    transport,
    networkName: invite.name,
    networkKey: invite.key,
    identity,
    life,
    attributes: deviceAttributes({
      name: remembered.deviceName ?? ownName,
      cores,
      workers,
      platform: 'page',
    }),
    clock,
    timers,
    random,
  });
  // Nobody else's signatures come before.
  if (!isInvited) node.events.once('joined', quickenWhenLoaded);
  const place = browserPlace(networkHash(invite.name), systemTime);
  const blobs = createBlobs({
    ...{ node, clock, timers, disk: openBlobDisk(place, wallClock) },
    packing: platformPacking,
  });
  const pool = createBrowserPool(kernel, timers);
  // One farm a device; what can be worked on registers with it.
  const archive = openJobArchive(place, clock, wallClock);
  const bringKind = async (name: string): Promise<void> => {
    if (name === RENDER_KIND) await farm.comeForRender();
    else if (name === COMPUTE_KIND) await compute.get();
  };
  const jobs = new Farm({ node, clock, wallClock, timers, random, archive, bringKind });
  const pubsub = new Late(() => loadPubSub(node, jobs));
  // Once others are here, who wait for what we want; a failure is told to whoever asks for it.
  const endWait = whenCalm({ node, farm: jobs, timers }, () => void pubsub.get().catch(() => {}));
  const lent = { node, farm: jobs, pool };
  const farm = new LateRenderFarm({
    ...lent,
    load: async () =>
      (await import('./session-renders.ts')).openRenderFarm({
        ...{ ...lent, blobs, clock, timers },
        kernelHash: kernel.hash,
      }),
  });
  const sandbox = new Late(loadSandbox);
  const compute = new Late(async () => {
    const { registerCompute } = await import('../compute/index.ts');
    return registerCompute({ farm: jobs, blobs, clock, sandbox: sandbox.get });
  });
  let claim: CoreClaim | undefined;
  const events: Session['events'] = new Emitter();
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    // First the goodbye: a tab that is closing may be stopped at any moment.
    node.close();
    endWait();
    ice.close();
    tab.claim.release();
    claim?.close();
    farm.close();
    jobs.close();
    sandbox.begun?.then((opened) => opened.close()).catch(() => {}); // whoever asked hears of it
    blobs.close();
    place.close();
  };
  const replaced = (message: string): void => {
    if (isClosed) return;
    tab.forget();
    close();
    events.emit('replaced', { message });
  };
  tab.claim.onLost(() => replaced('this tab stood still, and a copy of it has taken its place meanwhile'));
  node.events.on('replaced', ({ message }) => replaced(message));
  return {
    node,
    transport,
    farm,
    work: jobs,
    claimCores(onShare) {
      claim = claimCores({ ...browserCores(), cores, openedAtMs: wallClock.now(), name: node.id, onShare });
      return claim;
    },
    compute,
    openSandbox: sandbox.get,
    keeping: browserKeeping,
    onDiskTrouble: (listener) => void place.shelf.events.on('trouble', listener),
    library: createSceneLibrary(),
    blobs,
    pubsub,
    rooms: new Late(async () =>
      (await import('./room/session-rooms.ts')).openSessionRooms({ node, identity, place, invite }),
    ),
    hasRoomLink: new URL(href).hash.includes('&room='),
    networkName: invite.name,
    inviteFragment: `#${formatInvite(invite)}`,
    defaultDeviceName: ownName,
    remembered: {
      workers,
      onlyVisible: remembered.onlyVisible ?? false,
      onlyOnMains: remembered.onlyOnMains ?? false,
    },
    events,
    close,
  };
}

/** Without it signatures take longer. */
async function quickenWhenLoaded(): Promise<void> {
  try {
    const { quickenCryptography } = await import('../mesh/index.curve.ts');
    quickenCryptography();
  } catch (error) {
    log('info', `signatures take longer: ${messageOf(error)}`);
  }
}

/** @param farm whose Jobs are told of there */
async function loadPubSub(node: MeshNode, farm: Farm): Promise<PubSub> {
  const meanwhile = new JobsMeanwhile(farm.jobs());
  const stop = farm.events.on('changed', ({ id }) => meanwhile.look(farm.view(id)));
  const [{ createBroker, PubSub }, { announceJobs }] = await Promise.all([
    import('../services/pubsub/index.ts'),
    import('../farm/index.news.ts'),
  ]).finally(stop);
  const broker = createBroker({ node, clock, timers, random });
  announceJobs({ farm, broker, clock, seen: meanwhile.views });
  return new PubSub({ broker, clock, timers, random });
}

/** Most visits compute nothing: what it takes comes when somebody in the Network does. */
async function loadSandbox(): Promise<Sandbox> {
  const { createBrowserSandbox } = await import('../compute/index.browser.ts');
  return createBrowserSandbox({ frame: pageFile('sandbox.html'), timers, locks: navigator.locks });
}
