/** What a room is opened with, from its link, from whoever gave its beginning, and from what this device keeps. */
import type { Cryptography } from '../../../mesh/index.ts';
import type { Random } from '../../../runtime/index.ts';
import type { NodeId } from '../../../wire/index.ts';
import { CheckpointCodec } from '../checkpoint-codec.ts';
import type { EpochId } from '../contract.ts';
import { areSecretsOf, Keyring } from '../epochs.ts';
import { RoomLinkError, RoomLinkOutdatedError } from '../errors.ts';
import type { Genesis } from '../genesis.ts';
import { type ReadKeys, ROOM_SECRET_BYTES, type RoomKeys } from '../keys.ts';
import { Envelope } from '../messages.ts';
import { type KeptKeys, keyringOf, rotationsOf } from './kept-keys.ts';
import type { Opened } from './opening.ts';

export interface Entry {
  readonly genesis: Genesis;
  readonly keyring: Keyring;
  readonly deviceSecret: Uint8Array;
  readonly rotations: readonly (readonly [EpochId, Uint8Array])[];
}

/** Before it is known of which epoch a link is. */
export function envelopeOf(self: NodeId, read: ReadKeys, cryptography: Cryptography): Envelope {
  const current = { id: 'of the link' as EpochId, read };
  return new Envelope(self, { current, held: [current] }, cryptography);
}

/** @throws RoomLinkError, RoomLinkOutdatedError */
export function entryOf(
  { genesis, line, rotations }: Opened,
  secrets: RoomKeys,
  kept: KeptKeys | undefined,
  random: Random,
  cryptography: Cryptography,
): Entry {
  const ring = kept && keyringOf(genesis, kept, cryptography);
  if (kept && ring) {
    // The link may grant more than what was kept.
    for (const epoch of ring.held) if (areSame(epoch.secrets, secrets)) ring.hold(epoch, secrets);
    const { deviceSecret } = kept;
    return { genesis, keyring: ring, deviceSecret, rotations: rotationsOf(ring, kept.rotations) };
  }
  const deviceSecret = random.bytes(ROOM_SECRET_BYTES);
  const keyring = keyringFor(genesis, secrets, line, cryptography);
  const codec = new CheckpointCodec(keyring, deviceSecret, cryptography);
  for (const rotation of rotations) {
    const read = codec.read(rotation);
    if (typeof read === 'object' && 'type' in read) throw new RoomLinkOutdatedError();
  }
  return { genesis, keyring, deviceSecret, rotations: [] };
}

function keyringFor(
  genesis: Genesis,
  secrets: RoomKeys,
  line: Opened['line'],
  cryptography: Cryptography,
): Keyring {
  try {
    const keyring = new Keyring(genesis, secrets, cryptography, line);
    if (areSecretsOf(keyring.current, secrets, cryptography)) return keyring;
  } catch {
    // What was given does not fit the link: whoever gave it, it is not this room's.
  }
  throw new RoomLinkError("the link's key is not one of this room");
}

function areSame(a: RoomKeys, b: RoomKeys): boolean {
  return a.readKey.every((byte, i) => byte === b.readKey[i]);
}
