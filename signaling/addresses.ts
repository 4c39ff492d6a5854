/**
 * Where other machines find the page, for the page that was opened as localhost: its own address is worth nothing in an
 * invite. Only a browser on this machine that knows it by a loopback name is told: what networks a server is in is nobody else's
 * business, and a foreign page that points its own name at 127.0.0.1 is somebody else.
 */
import type { IncomingMessage } from 'node:http';

export interface PageAddress {
  /** Ends in a slash. */
  readonly url: string;
  /** The interface or certificate it comes from, e.g. "wlan0". */
  readonly name: string;
}

const LOOPBACK_NAME = /^(?:localhost|[\w.-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const LOOPBACK_ADDRESS = /^(?:(?:::ffff:)?127(?:\.\d{1,3}){3}|::1)$/;

export function pageAddressesFor(
  request: IncomingMessage,
  addresses: readonly PageAddress[],
): { readonly addresses: readonly PageAddress[] } {
  const { headers, socket } = request;
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  const isLocal =
    !isForwarded &&
    LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') &&
    LOOPBACK_NAME.test(headers.host ?? '');
  return { addresses: isLocal ? addresses : [] };
}
