/**
 * A room's link: the network's invite, then `&room=` and in base64url a byte of version and grant, the room's id and the secret.
 * All of it stands behind the `#`, which browsers send to nobody.
 */
import type { Cryptography } from '../../mesh/index.ts';
import { concatBytes, fromBase64Url, fromHex, toBase64Url, toHex } from '../../runtime/index.ts';
import type { Grant, RoomId, RoomLink, RoomLinks } from './contract.ts';
import { RoomLinkError } from './errors.ts';
import { keysOf, lowered, ROOM_SECRET_BYTES, type RoomKeys } from './keys.ts';

const ID_BYTES = 32;
const PARAMETER = /(?:^|[#&])room=([^&\s]*)/;
/** Version 1 of the format in the high half, the grant in the low one. */
const FIRST_BYTE: Readonly<Record<Grant, number>> = { read: 0x10, write: 0x11, admin: 0x12 };

/** @param invite what goes in front: the network's link, or its fragment; '' for the room's part alone */
export function formatRoomLink(invite: string, id: RoomId, grant: Grant, secret: Uint8Array): RoomLink {
  const text = toBase64Url(concatBytes(Uint8Array.of(FIRST_BYTE[grant]), fromHex(id), secret));
  return `${invite}${invite === '' ? '' : '&'}room=${text}` as RoomLink;
}

/** The link of a grant; undefined where these keys do not reach so far. */
export function linkFor(invite: string, id: RoomId, keys: RoomKeys, grant: Grant): RoomLink | undefined {
  const secret = lowered(keys, grant);
  return secret && formatRoomLink(invite, id, grant, secret);
}

/** Those that these keys may grant. */
export function linksOf(invite: string, id: RoomId, keys: RoomKeys): RoomLinks {
  return {
    read: formatRoomLink(invite, id, 'read', keys.readKey),
    write: linkFor(invite, id, keys, 'write'),
    admin: linkFor(invite, id, keys, 'admin'),
  };
}

/** @throws RoomLinkError */
export function parseRoomLink(
  link: string,
  cryptography: Pick<Cryptography, 'hmac'>,
): { readonly id: RoomId; readonly keys: RoomKeys } {
  // Programs in JavaScript hand over anything, a command line's missing argument above all.
  const text = typeof link === 'string' ? PARAMETER.exec(link.trim())?.[1] : undefined;
  if (text === undefined || text === '')
    throw new RoomLinkError('the link names no room: “&room=…” is not in it');
  const bytes = bytesOf(text);
  const grant = (['read', 'write', 'admin'] as const).find((one) => FIRST_BYTE[one] === bytes[0]);
  if (!grant || bytes.length !== 1 + ID_BYTES + ROOM_SECRET_BYTES) {
    throw new RoomLinkError('the link to the room is damaged, cut short, or of another version');
  }
  const id = toHex(bytes.subarray(1, 1 + ID_BYTES)) as RoomId;
  return { id, keys: keysOf(grant, bytes.slice(1 + ID_BYTES), cryptography) };
}

/** What is no base64url is no bytes. */
function bytesOf(text: string): Uint8Array {
  try {
    return fromBase64Url(text);
  } catch {
    return new Uint8Array();
  }
}
