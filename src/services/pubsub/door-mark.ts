/**
 * By what Nodes know a door: it says in its Node's attributes where clients of NATS find it, or that this machine alone reaches it (an empty
 * text). Read where people are shown who a Node is; docs/door.md says the rest.
 */
import type { Attributes } from '../../mesh/index.ts';

/** `host:port`s at which clients connect over TCP and over WebSocket, with commas between them. */
export const DOOR_ATTRIBUTES = { nats: 'nats', webSocket: 'natsWebSocket' } as const;

/** Whether clients of NATS come in at the Node that says this of itself. */
export function isDoor(attributes: Attributes): boolean {
  return typeof attributes[DOOR_ATTRIBUTES.nats] === 'string';
}
