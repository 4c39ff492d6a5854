/**
 * Addresses of STUN and TURN servers as browsers take them (RFC 7064, RFC 7065): whoever is given another one throws, and with it
 * every connection fails. The server checks those it is configured with, a page those that a server names.
 */

const HOST = String.raw`(?:\[[\da-f:.]{2,45}\]|[a-z\d](?:[a-z\d._-]{0,253}[a-z\d])?)`;
/** Only TURN says how to get there: a browser refuses `transport` behind STUN. */
const FORM = new RegExp(
  `^(?:stuns?:${HOST}(?::(\\d{1,5}))?|turns?:${HOST}(?::(\\d{1,5}))?(?:\\?transport=(?:udp|tcp))?)$`,
  'i',
);
const MAX_PORT = 65_535;

export function isIceUrl(url: unknown): url is string {
  const match = typeof url === 'string' ? FORM.exec(url) : null;
  if (!match) return false;
  const port = Number(match[1] ?? match[2] ?? 1);
  return port > 0 && port <= MAX_PORT;
}

export function isTurnUrl(url: string): boolean {
  return /^turns?:/i.test(url);
}
