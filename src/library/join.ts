/** Makes a Node and waits until it is in. Pages and processes differ in their Transport alone. */
import { type Attributes, checkTimeout, createNode, newIdentity, serverProver } from '../mesh/index.ts';
import { systemClock as clock, systemRandom as random, systemTimers as timers } from '../runtime/index.ts';
import type { Transport } from '../transport/index.ts';
import type { PeerTransportOptions } from '../transport/peerjs/index.ts';
import { formatInvite, networkHash } from '../wire/index.ts';
import { arrival, cancelled } from './arrival.ts';
import { iceFor } from './ice.ts';
import { type NetworkNameAndKey, readInvitation } from './invitation.ts';
import { Mesh } from './mesh.ts';
import { keepSecrets } from './secrets.ts';

/** How `joinNetwork` joins. */
export interface JoinOptions {
  /** Address of the server that introduces Nodes (`leafcutter serve`). Default: the link's, else the page's own. */
  readonly signaling?: string | URL;
  /** STUN and TURN servers for machines behind NATs. Default: those that the signaling server names (`serve --ice-servers`). */
  readonly iceServers?: readonly RTCIceServer[];
  /**
   * What everyone may know of this Node (`member.attributes`): plain values, at most 512 bytes as msgpack. A `name` is what pages and the
   * terminal show of it; theirs is there, too.
   */
  readonly info?: Attributes;
  /** Gives up joining. It does not close a mesh that was joined. */
  readonly signal?: AbortSignal;
  /** How long the server may take to answer, ms. Default 10,000; Infinity waits until it does. */
  readonly timeoutMs?: number;
}

export type CreateTransport = (options: PeerTransportOptions) => Transport | Promise<Transport>;

const SERVER_TIMEOUT_MS = 10_000;

/** `joinNetwork` on a Transport of the caller's. */
export async function joinOver(
  createTransport: CreateTransport,
  network: string | NetworkNameAndKey,
  { signaling, iceServers, info = {}, signal, timeoutMs = SERVER_TIMEOUT_MS }: JoinOptions,
): Promise<Mesh> {
  const { invite, server } = readInvitation(network, signaling);
  checkTimeout(timeoutMs);
  const startedMs = clock.now();
  if (signal?.aborted) throw cancelled(signal);
  // Not more than half of the time: who says nothing of STUN and TURN may still introduce us.
  const ice = await iceFor(iceServers, server, { waitMs: timeoutMs / 2, signal });
  if (signal?.aborted) {
    ice.close();
    throw cancelled(signal);
  }
  const identity = newIdentity(random);
  // A Node closes its transport once its goodbye has left: nothing else tells when that is.
  let onClosed = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  let transport: Transport | undefined;
  let node: ReturnType<typeof createNode>;
  try {
    transport = await createTransport({
      self: identity.id,
      prover: serverProver(identity),
      server,
      networkHash: networkHash(invite.name),
      ice: ice.current,
      timers,
      random,
      onClosed() {
        ice.close();
        onClosed();
      },
    });
    node = createNode({
      transport,
      networkName: invite.name,
      networkKey: invite.key,
      identity,
      life: Date.now(),
      attributes: info,
      clock,
      timers,
      random,
    });
  } catch (error) {
    // Nobody else will: a server that is away would be asked for ever.
    transport?.close();
    ice.close();
    throw error;
  }
  const mesh = new Mesh(node, transport, invite.name, closed);
  keepSecrets(mesh, { identity, invite: `#${formatInvite(invite)}` });
  try {
    const spentMs = clock.now() - startedMs;
    await arrival({ node, transport, timers, server, timeoutMs, spentMs, signal });
  } catch (error) {
    await mesh.close();
    throw error;
  }
  return mesh;
}
