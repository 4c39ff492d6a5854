/** Where to go and with what key, from what a person has: the link that the page shows, its fragment, or a name and a key. */
import { LeafcutterError } from '../runtime/index.ts';
import { serverUrl } from '../transport/peerjs/index.ice.ts';
import { formatInvite, type Invite, InviteError, parseInvite } from '../wire/index.ts';

/** A network's name (lower-case words joined by hyphens) and its key: 16 or 32 bytes, or the text that a link has after the dot. */
export interface NetworkNameAndKey {
  readonly name: string;
  readonly key: Uint8Array | string;
}

export interface Invitation {
  readonly invite: Invite;
  /** Address of the signaling server, a folder's. */
  readonly server: URL;
}

/**
 * @param invite a link (`http://host:9000/#amber-otter-river.KEY`), its fragment alone, or name and key
 * @param signaling the server's address, where the link does not say it
 * @throws InviteError, also for what is no text and no name and key; LeafcutterError `bad-server-address`. Neither repeats the key.
 */
export function readInvitation(
  invite: string | NetworkNameAndKey,
  signaling: string | URL | undefined,
): Invitation {
  const { fragment, page } =
    typeof invite === 'string' ? splitLink(invite) : { fragment: textOf(invite), page: undefined };
  const parsed = parseInvite(fragment);
  const address = signaling ?? page ?? ownPage();
  if (address === undefined) {
    throw new LeafcutterError(
      'bad-server-address',
      'the invite does not say which server to meet at: use the whole link, or name the server (`signaling`, in the terminal --server)',
    );
  }
  // Sockets and fetches go to one server: who names it by its socket means the same.
  return { invite: parsed, server: new URL('.', serverUrl(address).href.replace(/^ws/, 'http')) };
}

function splitLink(text: string): { fragment: string; page: string | undefined } {
  const hash = text.indexOf('#');
  if (hash < 0) return { fragment: /^\s*\w+:\/\//.test(text) ? '' : text, page: undefined };
  return { fragment: text.slice(hash + 1), page: text.slice(0, hash).trim() || undefined };
}

/** @throws InviteError: programs in JavaScript hand over anything, a command line's missing argument above all. */
function textOf(network: NetworkNameAndKey): string {
  const { name, key }: Partial<NetworkNameAndKey> = network ?? {};
  if (typeof name !== 'string' || !(typeof key === 'string' || key instanceof Uint8Array)) {
    throw new InviteError(
      'empty',
      'a network is the link that a page shows, what newNetwork() returns, or { name, key } with a text and a key of 16 or 32 bytes',
    );
  }
  return typeof key === 'string' ? `${name}.${key}` : formatInvite({ name, key });
}

/** In a page the server is where the page is from. */
function ownPage(): string | undefined {
  return typeof document === 'undefined' ? undefined : document.baseURI;
}
