/**
 * The STUN and TURN servers that the signaling server names (`GET api/ice-servers`), kept fresh: credentials for TURN end, and each new
 * connection must get ones that will last. While the server is away the last answer stays in use.
 */
import { log, messageOf, type Random, type Timers } from '../../runtime/index.ts';
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
  /** As the browser's: resolves with what JSON the server answers. */
  readonly getJson?: (url: URL) => Promise<unknown>;
}

/** Of the time that credentials last: a connection begun just before still has a quarter of it. */
const REFRESH_SHARE = 0.75;
const MIN_REFRESH_MS = 10_000;
const MAX_REFRESH_MS = 24 * 60 * 60 * 1000;
/** What a server may name; more would only slow connecting down. */
const MAX_SERVERS = 16;

export class ServedIce {
  readonly #url: URL;
  readonly #timers: Timers;
  readonly #backoff: Backoff;
  readonly #getJson: (url: URL) => Promise<unknown>;
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
      const { configuration, validForSeconds } = readIceAnswer(await this.#getJson(this.#url));
      this.#current = configuration;
      this.#backoff.reset();
      if (validForSeconds !== undefined) {
        const refreshMs = 1000 * validForSeconds * REFRESH_SHARE;
        this.#startAgain(Math.min(MAX_REFRESH_MS, Math.max(MIN_REFRESH_MS, refreshMs)));
      }
    } catch (error) {
      log('info', `the server did not say which STUN and TURN servers to use: ${messageOf(error)}`);
      this.#startAgain(this.#backoff.next());
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
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
      iceServers: iceServers.slice(0, MAX_SERVERS).filter(isIceServer),
      iceTransportPolicy: iceTransportPolicy === 'relay' ? 'relay' : 'all',
    },
    validForSeconds: typeof validForSeconds === 'number' && validForSeconds > 0 ? validForSeconds : undefined,
  };
}

/** One that a browser would not take makes every connection fail: it is left out. */
function isIceServer(server: unknown): server is RTCIceServer {
  if (typeof server !== 'object' || server === null) return false;
  const { urls, username, credential } = server as Readonly<Record<string, unknown>>;
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  const isTurn = list.some((url) => typeof url === 'string' && /^turns?:/.test(url));
  return (
    list.length > 0 &&
    list.every((url) => typeof url === 'string' && /^(?:stuns?|turns?):/.test(url)) &&
    (!isTurn || (typeof username === 'string' && typeof credential === 'string'))
  );
}

async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response.json();
}
