/**
 * The address in the invite. A page opened as localhost asks the server which addresses other machines have for it, and puts the
 * likeliest into the link; where there are several, a person chooses. Any other page is invited to by its own address.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { log, messageOf } from '../../runtime/index.ts';

export interface InviteAddress {
  /** The page's folder, with a slash at the end. */
  readonly url: string;
  /** For a list: "192.168.1.5:9000 (wlan0)". */
  readonly label: string;
}

export interface InviteAddresses {
  /** Those to choose from; empty where the page's own is the only one. */
  readonly choices: ReadonlySignal<readonly InviteAddress[]>;
  /** The `url` of the one in the link. */
  readonly chosen: ReadonlySignal<string>;
  readonly link: ReadonlySignal<string>;
  /** A sentence on what the link cannot do as it is, and what to do about it. */
  readonly note: ReadonlySignal<string | undefined>;
  choose(url: string): void;
}

export interface InviteAddressesOptions {
  /** The page's own folder. */
  readonly own: URL;
  /** `#` and what follows it. */
  readonly fragment: string;
  /** True where the page itself is in a secure context. */
  readonly isSecure: boolean;
  /** What the server answers to `GET api/addresses`; only asked by a page that nobody else can reach. */
  askServer(): Promise<unknown>;
  /** What was chosen on this device before. */
  readonly remembered: string | undefined;
  remember(url: string): void;
}

const ONLY_HERE =
  'No other machine can open this address: start the server with --host 0.0.0.0, or open the page by an address that others reach.';
const OWN_NOT_SECURE =
  'Over plain http this page has no shared memory, clipboard and notifications: open it by https (docs/deploy.md) to have them.';
const OTHERS_NOT_SECURE =
  'Over plain http others have no shared memory, clipboard and notifications: start the server with --tls-cert to give them https.';

/** More would be no help in a list. */
const MAX_ADDRESSES = 16;

export function createInviteAddresses(options: InviteAddressesOptions): InviteAddresses {
  const { own, fragment, isSecure, remembered, remember } = options;
  const isOnlyHere = isOnlyForThisMachine(own.hostname);
  const others = signal<readonly InviteAddress[] | undefined>(isOnlyHere ? undefined : []);
  const chosen = signal(own.href);
  if (isOnlyHere) {
    options.askServer().then(
      (answer) => {
        others.value = readAddresses(answer);
        const isOffered = others.value.some(({ url }) => url === remembered) || remembered === own.href;
        chosen.value = (isOffered ? remembered : others.value[0]?.url) ?? own.href;
      },
      (error: unknown) => {
        others.value = [];
        log('info', `the server did not say which addresses it has: ${messageOf(error)}`);
      },
    );
  }
  return {
    choices: computed(() => {
      const found = others.value ?? [];
      return found.length === 0
        ? []
        : [...found, { url: own.href, label: `${own.host} (this machine only)` }];
    }),
    chosen,
    link: computed(() => chosen.value + fragment),
    note: computed(() => {
      if (others.value === undefined) return undefined;
      if (isOnlyHere && others.value.length === 0) return ONLY_HERE;
      if (!isOnlyHere) return isSecure ? undefined : OWN_NOT_SECURE;
      return chosen.value !== own.href && chosen.value.startsWith('http:') ? OTHERS_NOT_SECURE : undefined;
    }),
    choose(url) {
      chosen.value = url;
      remember(url);
    },
  };
}

/** An address that only this machine knows itself by: the link with it invites nobody else's. */
export function isOnlyForThisMachine(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\./.test(hostname)
  );
}

/** The usable ones of what the server said; any other answer is none. */
export function readAddresses(answer: unknown): readonly InviteAddress[] {
  const list: unknown =
    typeof answer === 'object' && answer !== null && 'addresses' in answer && answer.addresses;
  if (!Array.isArray(list)) return [];
  return list.slice(0, MAX_ADDRESSES).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { url, name } = entry as { readonly url?: unknown; readonly name?: unknown };
    if (typeof url !== 'string' || !/^https?:\/\//.test(url) || !URL.canParse(url)) return [];
    const { href, host } = new URL('.', url);
    return [{ url: href, label: typeof name === 'string' && name !== '' ? `${host} (${name})` : host }];
  });
}
