/**
 * Leafcutter's mesh for applications of your own. Open a page on several devices, and they are one network: messages, requests and
 * broadcasts between any two of them, over WebRTC, with no server in between but for the introduction.
 *
 * @example
 * const mesh = await joinNetwork('https://leaf.example/#amber-otter-river.KEY', { info: { name: 'desk' } });
 * mesh.on('joined', ({ id, attributes }) => console.log(id, attributes));
 * await mesh.broadcast('chat', 'hello');
 * for await (const message of mesh.messages('chat')) console.log(message.from, message.text());
 */
import { createPeerTransport } from '../transport/peerjs/index.ts';
import type { NetworkNameAndKey } from './invitation.ts';
import { type JoinOptions, joinOver } from './join.ts';
import type { Mesh } from './mesh.ts';

/**
 * Joins a Network and resolves once this Node has a Link to a member, or nobody else is there (after 5 s alone at the latest).
 *
 * @param network the link that a page shows (`http://host:9000/#amber-otter-river.KEY`), the part of it after `#`, or name and key
 * @throws InviteError, ServerUnreachableError, NetworkRefusedError (a wrong key), CancelledError; LeafcutterError
 * `bad-server-address`, `bad-ice-server`, `bad-timeout`, `attributes`
 */
export function joinNetwork(network: string | NetworkNameAndKey, options: JoinOptions = {}): Promise<Mesh> {
  return joinOver(createPeerTransport, network, options);
}

export * from './exports.ts';
