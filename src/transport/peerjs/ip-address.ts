/** Addresses of ICE candidates as bytes and back: IPv4, IPv6, and the names by which browsers hide addresses of their LAN. */
import { fromHex, toHex } from '../../runtime/index.ts';

/** By family: 0 IPv4, 1 IPv6, 2 `<uuid>.local`. */
export const FAMILY_BYTES: readonly number[] = [4, 16, 16];

export interface AddressBytes {
  readonly family: number;
  readonly bytes: Uint8Array;
}

/** Undefined for what is none of the three. */
export function addressToBytes(address: string): AddressBytes | undefined {
  const hidden = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/i.exec(
    address,
  );
  if (hidden) return { family: 2, bytes: fromHex(hidden.slice(1).join('').toLowerCase()) };
  const v4 = ipv4(address);
  if (v4) return { family: 0, bytes: v4 };
  const v6 = ipv6(address);
  return v6 && { family: 1, bytes: v6 };
}

/** `bytes` has as many as its family. */
export function addressFromBytes(family: number, bytes: Uint8Array): string {
  const hex = toHex(bytes);
  switch (family) {
    case 0:
      return bytes.join('.');
    case 1:
      return (hex.match(/..../g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
    default:
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}.local`;
  }
}

function ipv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const isOne = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isOne ? Uint8Array.from(parts.map(Number)) : undefined;
}

/** RFC 4291, 2.2: eight groups, one run of zeros left out, the last two perhaps as IPv4. */
function ipv6(text: string): Uint8Array | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const last = tail && ipv4(tail[2] ?? '');
  if (tail && !last) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = last ?? [];
  const plain = tail ? `${tail[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}` : text;
  const halves = plain.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const left = 8 - head.length - rest.length;
  if (halves.length === 1 ? left !== 0 : left < 1) return undefined;
  const groups = [...head, ...Array.from({ length: left }, () => '0'), ...rest];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return fromHex(groups.map((group) => group.toLowerCase().padStart(4, '0')).join(''));
}
