/** What the things of a room are called by: each name is of one kind, and none is taken for another. */

/** Lower-case hex of the SHA-256 of the genesis. */
export type RoomId = string & { readonly brand: 'RoomId' };
/** Lower-case hex of the SHA-256 of the bytes of an update, signature included. */
export type UpdateHash = string & { readonly brand: 'UpdateHash' };
/** Lower-case hex of the SHA-256 of the bytes of a checkpoint, signature included. */
export type CheckpointHash = string & { readonly brand: 'CheckpointHash' };
/** What a room consists of. */
export type ItemHash = UpdateHash | CheckpointHash;
/** Lower-case hex of an Ed25519 public key: who wrote it. A Node's own identity. */
export type AuthorId = string & { readonly brand: 'AuthorId' };
/** Stands for a room's keys from one removal of somebody to the next. */
export type EpochId = string & { readonly brand: 'EpochId' };
/** Lower-case hex of an X25519 public key: a device that has the room. New keys go sealed to it. */
export type DeviceId = string & { readonly brand: 'DeviceId' };
/** What a link lets one do. Each includes those before it. */
export type Grant = 'read' | 'write' | 'admin';
/** `…#network.key&room=…`: the invite of the network, the room's id and the key that it grants. Secret like an invite. */
export type RoomLink = string & { readonly brand: 'RoomLink' };
