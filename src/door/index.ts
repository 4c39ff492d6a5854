/** The door: clients of NATS at the Broker of a Node. Runs in Node only. */
export { brokerAlone } from './alone.ts';
export {
  type DoorConfig,
  readDoorConfig,
  type TlsPaths,
} from './config/read-config.ts';
export { userKeyBytes } from './nkey.ts';
export { pageOrigin } from './origin.ts';
export { ALL_PERMITTED } from './permissions.ts';
export { NO_RATE } from './rate-gate.ts';
export { DEFAULT_LIMITS } from './server-info.ts';
export { DEFAULT_MAX_CONNECTIONS, type Door, type DoorOptions, openDoor } from './sockets/door.ts';
export { type DoorUser, type Proof, Users } from './users.ts';
