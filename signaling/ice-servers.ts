/**
 * STUN and TURN servers that pages are told to use, from the configuration of `serve`. A TURN server with a shared secret gets
 * short-lived credentials, made for each page that asks, as coturn's `use-auth-secret` checks them (draft-uberti-behave-turn-rest):
 * the user name is the moment they end, the password its HMAC-SHA1. So nothing that a page learns is worth much tomorrow.
 */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../src/runtime/index.ts';
import { isIceUrl, isTurnUrl } from '../src/wire/index.ts';
import { ServerStartError } from './errors.ts';

export type IceTransportPolicy = 'all' | 'relay';

export interface IceConfiguration {
  readonly servers: readonly IceServer[];
  /** `relay`: pages connect over TURN servers only, and tell each other no address of theirs. */
  readonly policy: IceTransportPolicy;
}

export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
  /** In place of the two: coturn's `static-auth-secret`. */
  readonly secret?: string;
}

/** What `GET /api/ice-servers` answers: the part of an RTCConfiguration that is ours to say. */
export interface IssuedIceServers {
  readonly iceServers: readonly Omit<IceServer, 'secret'>[];
  readonly iceTransportPolicy: IceTransportPolicy;
  /** After so long the credentials end; absent where none do. */
  readonly validForSeconds?: number;
}

export const NO_ICE_SERVERS: IceConfiguration = { servers: [], policy: 'all' };

/** Long enough for a render over lunch; what is connected stays so beyond it. */
const VALID_FOR_SECONDS = 2 * 60 * 60;
/** Browsers warn from five on, because each is asked by every new connection. */
const MAX_SERVERS = 8;

/**
 * @param source a JSON file, or the JSON itself: a list of servers as browsers take them, with `secret` where coturn shares one, or
 * `{ "iceServers": [...], "iceTransportPolicy": "relay" }`
 * @param turnSecret for TURN servers that have no credentials of their own
 * @throws ServerStartError `bad-ice-servers`
 */
export async function readIceServers(
  source: string,
  turnSecret: string | undefined,
): Promise<IceConfiguration> {
  const text = /^\s*[[{]/.test(source) ? source : await readText(source);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw problem(`no JSON (${messageOf(cause)})`, cause);
  }
  const { iceServers, iceTransportPolicy = 'all' } = Array.isArray(parsed)
    ? { iceServers: parsed }
    : ((parsed ?? {}) as { readonly iceServers?: unknown; readonly iceTransportPolicy?: unknown });
  if (!Array.isArray(iceServers)) throw problem('a list of servers is missing');
  if (iceServers.length > MAX_SERVERS) throw problem(`more than ${MAX_SERVERS} servers make connecting slow`);
  if (iceTransportPolicy !== 'all' && iceTransportPolicy !== 'relay') {
    throw problem('iceTransportPolicy must be "all" or "relay"');
  }
  return {
    servers: iceServers.map((entry: unknown) => readServer(entry, turnSecret)),
    policy: iceTransportPolicy,
  };
}

/** @param now milliseconds since 1970 */
export function issueIceServers({ servers, policy }: IceConfiguration, now: number): IssuedIceServers {
  const endsAt = Math.floor(now / 1000) + VALID_FOR_SECONDS;
  return {
    iceServers: servers.map(({ secret, ...server }) =>
      secret === undefined ? server : { ...server, ...turnCredentials(secret, endsAt) },
    ),
    iceTransportPolicy: policy,
    ...(servers.some(({ secret }) => secret !== undefined) ? { validForSeconds: VALID_FOR_SECONDS } : {}),
  };
}

function turnCredentials(
  secret: string,
  endsAtSeconds: number,
): { readonly username: string; readonly credential: string } {
  const username = `${endsAtSeconds}:leafcutter`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

function readServer(entry: unknown, turnSecret: string | undefined): IceServer {
  if (typeof entry !== 'object' || entry === null) throw problem('each server is an object with "urls"');
  const { urls, username, credential, secret } = entry as Readonly<Record<string, unknown>>;
  const all: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  const read = all.filter(isIceUrl);
  if (read.length === 0 || read.length < all.length) {
    throw problem(`"urls" must be like "stun:host:3478" or "turn:host:3478?transport=udp"`);
  }
  if (!read.some(isTurnUrl)) return { urls: read };
  if (typeof username === 'string' && typeof credential === 'string')
    return { urls: read, username, credential };
  const shared = typeof secret === 'string' && secret !== '' ? secret : turnSecret;
  if (shared === undefined) {
    throw problem(
      `${read[0]} needs "username" and "credential", or "secret" (or TURN_SECRET in the environment)`,
    );
  }
  return { urls: read, secret: shared };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw problem(`${file} cannot be read (${messageOf(cause)})`, cause);
  }
}

function problem(what: string, cause?: unknown): ServerStartError {
  return new ServerStartError('bad-ice-servers', `--ice-servers: ${what}; docs/deploy.md shows an example`, {
    cause,
  });
}
