/** One visit to one Network: the Node, the render farm on it, and the scenes. The only place where they are put together. */
import { createNode, type MeshNode } from '../mesh/index.ts';
import { createBrowserPool, createRenderFarm, loadKernel, type RenderFarm } from '../render/job/index.ts';
import { systemClock as clock, systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import { createBlobs } from '../services/blobs/index.ts';
import { createPeerTransport } from '../transport/peerjs/index.ts';
import { formatInvite, type Invite, networkHash, newNodeId } from '../wire/index.ts';
import { createSceneLibrary, type SceneLibrary } from './scene-library.ts';
import { defaultDeviceName } from './state/device-name.ts';
import { recall } from './state/remembered.ts';
import { maxWorkers } from './state/settings-form.ts';

export interface Session {
  readonly node: MeshNode;
  readonly farm: RenderFarm;
  readonly library: SceneLibrary;
  readonly networkName: string;
  readonly inviteLink: string;
  readonly defaultDeviceName: string;
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
  const node = createNode({
    transport: createPeerTransport({
      self: newNodeId(random),
      server: new URL('.', href),
      networkHash: networkHash(invite.name),
      timers,
      random,
    }),
    networkName: invite.name,
    networkKey: invite.key,
    info: { deviceName: remembered.deviceName ?? ownName, cores, workers, platform: 'page' },
    clock,
    timers,
    random,
  });
  const blobs = createBlobs({ node });
  const pool = createBrowserPool(kernel, timers);
  const farm = createRenderFarm({ node, blobs, pool, clock, timers, random, kernelHash: kernel.hash });
  farm.setWorkerCount(workers);
  return {
    node,
    farm,
    library: createSceneLibrary(),
    networkName: invite.name,
    inviteLink: new URL(`#${formatInvite(invite)}`, href).href,
    defaultDeviceName: ownName,
    close() {
      // First the goodbye: a tab that is closing may be stopped at any moment.
      node.close();
      farm.close();
      blobs.close();
    },
  };
}
