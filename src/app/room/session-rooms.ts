/** The rooms of this visit, and the secret of the one that every Network has: whoever has the invite has it, and nobody else. */
import { type Identity, type MeshNode, realCryptography } from '../../mesh/index.ts';
import {
  sha256,
  systemClock,
  systemRandom,
  systemTimers,
  systemWallClock,
  toHex,
} from '../../runtime/index.ts';
import type { DiskPlace } from '../../services/disk/index.ts';
import { type AuthorId, createRooms, type Rooms } from '../../services/rooms/index.ts';
import type { Invite } from '../../wire/index.ts';

export interface SessionRooms {
  readonly rooms: Rooms;
  /** What the keys of the Network's own room are made from. */
  readonly secret: Uint8Array;
  /** As what this device writes. */
  readonly author: AuthorId;
}

interface Parts {
  readonly node: MeshNode;
  readonly identity: Identity;
  readonly place: DiskPlace;
  readonly invite: Invite;
}

const LABEL = new TextEncoder().encode("leafcutter page, the network's room\n");

export function openSessionRooms({ node, identity, place, invite }: Parts): SessionRooms {
  return {
    rooms: createRooms({
      ...{ node, identity, place, clock: systemClock, wallClock: systemWallClock },
      ...{ timers: systemTimers, random: systemRandom, digest: sha256 },
    }),
    secret: realCryptography.hmac(invite.key, LABEL),
    author: toHex(identity.publicKey) as AuthorId,
  };
}
