/** `data:` URIs (RFC 2397), as glTF embeds buffers and images. */
import { SceneError } from '../errors.ts';

export function isDataUri(uri: string): boolean {
  return /^\s*data:/i.test(uri);
}

/** Base64 in either of its alphabets (RFC 4648 sections 4 and 5), with or without padding. @throws SceneError `json-damaged` */
export function decodeDataUri(uri: string, part: string): Uint8Array {
  const comma = uri.indexOf(',');
  if (comma < 0) throw new SceneError('json-damaged', part, 'has a data: URI without data');
  const data = uri.slice(comma + 1);
  if (!/;\s*base64\s*$/i.test(uri.slice(0, comma))) return percentBytes(data);
  try {
    const plain = data.includes('%') ? decodeURIComponent(data) : data;
    const text = atob(plain.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  } catch (cause) {
    throw new SceneError('json-damaged', part, 'has a data: URI that is not base64', { cause });
  }
}

/** Text where %xx is one byte, whatever the bytes mean. */
function percentBytes(data: string): Uint8Array {
  const bytes: number[] = [];
  for (const [piece = '', hex] of data.matchAll(/%([0-9a-f]{2})|[^%]+|%/gi)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else for (const byte of new TextEncoder().encode(piece)) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
