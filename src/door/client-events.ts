/** What happens to a client at the door, and what is to be done about it: the two ends of `NatsClient`. */
import type { BrokerVerb, ClientVerb } from '../services/pubsub/index.ts';
import type { DoorAnswer } from './answers.ts';
import type { DoorLimits, ServerInfo } from './server-info.ts';
import type { Users } from './users.ts';

export type NatsEvent =
  /** The socket is open: INFO is the first word. */
  | { readonly type: 'opened' }
  /** Kept, and so are the payloads that are views of it. */
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** In the order in which the Broker said them. */
  | { readonly type: 'heard'; readonly verbs: readonly BrokerVerb[] }
  /** The Broker takes no more of this client, or takes more again. */
  | { readonly type: 'full' | 'room' }
  /** The client leaves unread what it was told, or reads again. */
  | { readonly type: 'clogged' | 'clear' }
  /** There is no room for it here. */
  | { readonly type: 'refuse'; readonly text: string }
  /** This Node stood still, and others may have published without it. */
  | { readonly type: 'missed' }
  /** It is to go elsewhere. */
  | { readonly type: 'leave'; readonly reason: string }
  /** Other doors came or went, or this one is about to end. */
  | { readonly type: 'server'; readonly server: ServerInfo }
  | { readonly type: 'wake' };

export type NatsEffect =
  /** `taken`: bytes of messages that have left our hands when these are out. */
  | { readonly type: 'write'; readonly pieces: readonly Uint8Array[]; readonly taken: number }
  | { readonly type: 'say'; readonly verb: ClientVerb }
  /** Published by the door itself, as an answer that needs nobody of the mesh. */
  | ({ readonly type: 'answer' } & DoorAnswer)
  | { readonly type: 'pause' | 'resume' }
  /** What was written goes out, and then the socket closes. Nothing comes after it. */
  | { readonly type: 'end'; readonly reason: string };

export interface NatsClientOptions {
  readonly clientId: number;
  readonly clientIp: string;
  /** Random; signed by those who have a key. */
  readonly nonce: string;
  readonly users: Users;
  readonly limits: DoorLimits;
  readonly server: ServerInfo;
  /** As the Broker's. */
  takesGroup(queue: string): boolean;
}
