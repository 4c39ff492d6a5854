/** One visit to one Network: the Node, the render farm on it, and the scenes. The only place where they are put together. */
import type { MeshNode } from '../mesh/index.ts';
import type { RenderFarm } from '../render/job/contract.ts';
import { LeafcutterError } from '../runtime/index.ts';
import type { Invite } from '../wire/index.ts';
import type { SceneLibrary } from './scene-library.ts';

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

/** @throws LeafcutterError where the browser lacks what a Node needs. */
export async function openSession(_invite: Invite, _location: Location): Promise<Session> {
  throw new LeafcutterError('not-yet', 'not composed yet');
}
