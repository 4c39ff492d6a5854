/** `data:` URIs (RFC 2397), as glTF embeds buffers and images. */
import { SceneError } from '../errors.ts';

/** @throws SceneError `json-damaged` */
export function decodeDataUri(uri: string, part: string): Uint8Array {
  const comma = uri.indexOf(',');
  if (comma < 0) throw new SceneError('json-damaged', part, 'has a data: URI without data');
  const data = uri.slice(comma + 1);
  if (!/;base64$/i.test(uri.slice(0, comma))) return percentBytes(data);
  try {
    const text = atob(data.includes('%') ? decodeURIComponent(data) : data);
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
