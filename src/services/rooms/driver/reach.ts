/** One multicast to all of several Nodes that can be reached: the mesh sends to none when one of them cannot. */
import { type MeshStream, TargetsUnreachableError } from '../../../mesh/index.ts';
import { log, messageOf } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';

/**
 * So many, or fewer, are told one by one. A multicast is signed by its source and looked at by each who passes it on, its tree has more than one
 * step, and where it does not go it is announced: between two tabs that is half of an update's way (measured, `npm run bench -- rooms`).
 */
export const STRAIGHT_NODES = 8;

/** Resolves when it is on its way, or will not be. Whom it does not reach asks for it when it hears of it. @param peers as they are then */
export async function reach(
  stream: Pick<MeshStream, 'send'>,
  peers: () => readonly NodeId[],
  name: string,
  body: Uint8Array,
): Promise<void> {
  const unreachable = new Set<NodeId>();
  for (;;) {
    const to = peers().filter((node) => !unreachable.has(node));
    if (to.length === 0) return;
    try {
      return await stream.send(to, name, body);
    } catch (error) {
      if (!(error instanceof TargetsUnreachableError)) {
        lost(error);
        return;
      }
      for (const node of error.targets) unreachable.add(node);
    }
  }
}

/** Whom it was for asks for it when it hears of it. */
export function lost(error: unknown): void {
  log('debug', `a message about a room did not leave: ${messageOf(error)}`);
}
