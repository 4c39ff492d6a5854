/**
 * The STUN and TURN servers that the signaling server names (`GET api/ice-servers`), kept fresh: credentials for TURN end, and each new
 * connection must get ones that will last. While the server is away the last answer stays in use.
 */
import { log, messageOf, type Random, type Timers } from '../../runtime/index.ts';
import { isIceUrl, isTurnUrl } from '../../wire/index.ts';
import { Backoff } from './backoff.ts';

/** The part of an RTCConfiguration that a server may decide. */
export interface IceConfiguration {
  readonly iceServers: readonly RTCIceServer[];
  /** `relay`: over TURN servers only. */
  readonly iceTransportPolicy: RTCIceTransportPolicy;
}

export const LAN_ONLY: IceConfiguration = { iceServers: [], iceTransportPolicy: 'all' };

export interface ServedIceOptions {
  /** The signaling server's folder, normally the page's own. */
  readonly server: string | URL;
  readonly timers: Timers;
  readonly random: Random;
  /** As the browser's: resolves with what JSON the server answers, rejects when it fails or `signal` aborts. */
  readonly getJson?: (url: URL, signal: AbortSignal) => Promise<unknown>;
}

/** Of the time that credentials last: a connection begun just before still has a quarter of it. */
const REFRESH_SHARE = 0.75;
const MIN_REFRESH_MS = 10_000;
const MAX_REFRESH_MS = 24 * 60 * 60 * 1000;
/** A server that takes the request and says nothing, as a frozen one does, is asked again. */
const ANSWER_TIMEOUT_MS = 10_000;
/** What a server may name; more would only slow connecting down. */
const MAX_SERVERS = 16;
const MAX_URLS_OF_ONE = 8;
/** Of a user name (RFC 8489, 14.3). */
const MAX_USERNAME_BYTES = 508;

export class ServedIce {
  readonly #url: URL;
  readonly #timers: Timers;
  readonly #backoff: Backoff;
  readonly #getJson: (url: URL, signal: AbortSignal) => Promise<unknown>;
  #current = LAN_ONLY;
  #isClosed = false;
  #cancel: () => void = () => undefined;

  constructor({ server, timers, random, getJson = fetchJson }: ServedIceOptions) {
    this.#url = new URL('api/ice-servers', server);
    this.#timers = timers;
    this.#backoff = new Backoff(random);
    this.#getJson = getJson;
  }

  get current(): IceConfiguration {
    return this.#current;
  }

  /** Asks, now and from now on. Resolves with the first answer, whatever it is; never rejects. */
  async start(): Promise<void> {
    try {
      const { configuration, validForSeconds } = readIceAnswer(await this.#ask());
      this.#current = configuration;
      this.#backoff.reset();
      if (validForSeconds !== undefined) {
        const refreshMs = 1000 * validForSeconds * REFRESH_SHARE;
        this.#startAgain(Math.min(MAX_REFRESH_MS, Math.max(MIN_REFRESH_MS, refreshMs)));
      }
    } catch (error) {
      if (this.#isClosed) return;
      log('info', `the server did not say which STUN and TURN servers to use: ${messageOf(error)}`);
      this.#startAgain(this.#backoff.next());
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async #ask(): Promise<unknown> {
    const abort = new AbortController();
    const cancelTimeout = this.#timers.after(ANSWER_TIMEOUT_MS, () => {
      abort.abort(new Error(`it did not answer within ${ANSWER_TIMEOUT_MS / 1000} s`));
    });
    this.#cancel = () => {
      cancelTimeout();
      abort.abort();
    };
    try {
      return await this.#getJson(this.#url, abort.signal);
    } finally {
      cancelTimeout();
    }
  }

  #startAgain(afterMs: number): void {
    if (this.#isClosed) return;
    this.#cancel = this.#timers.after(afterMs, () => void this.start());
  }
}

/** @throws Error for an answer that is none. */
export function readIceAnswer(answer: unknown): {
  readonly configuration: IceConfiguration;
  readonly validForSeconds: number | undefined;
} {
  if (typeof answer !== 'object' || answer === null) throw new Error('no answer of a signaling server');
  const { iceServers, iceTransportPolicy, validForSeconds } = answer as Readonly<Record<string, unknown>>;
  if (!Array.isArray(iceServers)) throw new Error('the list of servers is missing');
  return {
    configuration: {
      iceServers: iceServers.slice(0, MAX_SERVERS).flatMap(readIceServer),
      iceTransportPolicy: iceTransportPolicy === 'relay' ? 'relay' : 'all',
    },
    validForSeconds: typeof validForSeconds === 'number' && validForSeconds > 0 ? validForSeconds : undefined,
  };
}

/**
 * One that a browser would not take makes every connection fail: it is left out. Of the others only what is named here is passed on:
 * a browser may refuse other fields, too.
 */
export function readIceServer(server: unknown): RTCIceServer[] {
  if (typeof server !== 'object' || server === null) return [];
  const { urls, username, credential } = server as Readonly<Record<string, unknown>>;
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  if (list.length === 0 || list.length > MAX_URLS_OF_ONE || !list.every(isIceUrl)) return [];
  const known = Array.isArray(urls) ? { urls: [...list] } : { urls: list[0] ?? '' };
  if (!list.some(isTurnUrl)) return [known];
  if (typeof username !== 'string' || typeof credential !== 'string') return [];
  const isTooLong = new TextEncoder().encode(username).length > MAX_USERNAME_BYTES;
  return isTooLong ? [] : [{ ...known, username, credential }];
}

async function fetchJson(url: URL, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { cache: 'no-store', signal });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response.json();
}
