/** One visit to one Network: the Node, the render farm on it, and the scenes. The only place where they are put together. */
import { deviceAttributes } from '../farm/index.ts';
import { createNode, type MeshNode, serverProver } from '../mesh/index.ts';
import { createBrowserPool, createRenderFarm, loadKernel, type RenderFarm } from '../render/job/index.ts';
import {
  systemClock as clock,
  Emitter,
  systemRandom as random,
  systemTimers as timers,
} from '../runtime/index.ts';
import { createBlobs } from '../services/blobs/index.ts';
import type { TextInvites, Transport } from '../transport/index.ts';
import { createPeerTransport } from '../transport/peerjs/index.ts';
import { formatInvite, type Invite, networkHash } from '../wire/index.ts';
import { createSceneLibrary, type SceneLibrary } from './scene-library.ts';
import { defaultDeviceName } from './state/device-name.ts';
import { recall } from './state/remembered.ts';
import { maxWorkers } from './state/settings-form.ts';
import { announceLife, tabChannel } from './tab-handover.ts';
import { openTabIdentity, tabStorage } from './tab-identity.ts';

export interface Session {
  readonly node: MeshNode;
  /** For what only the page asks of it. */
  readonly transport: Pick<Transport, 'tryNow'> & TextInvites;
  readonly farm: RenderFarm;
  readonly library: SceneLibrary;
  readonly networkName: string;
  readonly inviteLink: string;
  readonly defaultDeviceName: string;
  /** `replaced`: this tab's key lives on in a newer tab, and this session is closed. The next load is a new Node. */
  readonly events: Emitter<{ replaced: { readonly message: string } }>;
  /** Says goodbye to everyone and stops the workers. Idempotent. */
  close(): void;
}

/** Joins the invite's Network. @throws LeafcutterError where the browser lacks what a Node needs. */
export async function openSession(invite: Invite, { href }: { readonly href: string }): Promise<Session> {
  const [kernel, remembered] = await Promise.all([
    loadKernel(new URL('generated/', document.baseURI)),
    recall(),
  ]);
  const cores = navigator.hardwareConcurrency || 1;
  const workers = Math.min(remembered.workers ?? cores, maxWorkers(cores));
  const ownName = defaultDeviceName(navigator);
  const { identity, life, forget } = openTabIdentity(tabStorage(), Date.now(), random);
  const transport = createPeerTransport({
    self: identity.id,
    prover: serverProver(identity),
    server: new URL('.', href),
    networkHash: networkHash(invite.name),
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
      deviceName: remembered.deviceName ?? ownName,
      cores,
      workers,
      platform: 'page',
    }),
    clock,
    timers,
    random,
  });
  const blobs = createBlobs({ node, clock, timers });
  const pool = createBrowserPool(kernel, timers);
  const farm = createRenderFarm({ node, blobs, pool, clock, timers, random, kernelHash: kernel.hash });
  farm.setWorkerCount(workers);
  const events: Session['events'] = new Emitter();
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    endHandover();
    // First the goodbye: a tab that is closing may be stopped at any moment.
    node.close();
    farm.close();
    blobs.close();
  };
  const replaced = (message: string): void => {
    if (isClosed) return;
    forget();
    close();
    events.emit('replaced', { message });
  };
  const endHandover = announceLife(tabChannel(), identity.id, life, () =>
    replaced('this tab was duplicated, and its copy has taken its place on the network'),
  );
  node.events.on('replaced', ({ message }) => replaced(message));
  return {
    node,
    transport,
    farm,
    library: createSceneLibrary(),
    networkName: invite.name,
    inviteLink: new URL(`#${formatInvite(invite)}`, href).href,
    defaultDeviceName: ownName,
    events,
    close,
  };
}
