/**
 * The message types of the mesh. The first six are distrirender's; `hello` to `signal` are the handshake, the gossip and
 * the relayed signaling; `refuse` and `goodbye` end a Link with a reason. Services add no types: they are names inside
 * `msg` and `msg_broadcast`. Numbers never change meaning; a new type takes the next free one.
 */
export const FrameType = {
  network_state_request: 1,
  network_state: 2,
  new_edge: 3,
  destroy_edge: 4,
  msg: 5,
  msg_broadcast: 6,
  hello: 7,
  auth: 8,
  ping: 9,
  pong: 10,
  peers: 11,
  signal: 12,
  refuse: 13,
  goodbye: 14,
} as const;

export type FrameTypeName = keyof typeof FrameType;
export type FrameType = (typeof FrameType)[FrameTypeName];

const names: (FrameTypeName | undefined)[] = [];
for (const [name, type] of Object.entries(FrameType)) names[type] = name as FrameTypeName;

/** The name of a type byte, undefined for one this version does not know. */
export function frameTypeName(type: number): FrameTypeName | undefined {
  return names[type];
}

export function isFrameType(type: number): type is FrameType {
  return names[type] !== undefined;
}
