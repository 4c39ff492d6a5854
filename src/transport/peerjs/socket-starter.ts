/**
 * Opens the socket to the server once the server can be reached. Browsers hold back WebSockets to a host at which many have
 * failed of late, by up to five seconds, so whether a server that was away is back is found out by plain requests. A page of
 * another origin may not send those, and a Node in a terminal need not: they open the socket straight away.
 */
export interface SocketStarterOptions {
  start(): void;
  /** The server cannot be reached. */
  fail(): void;
}

export class SocketStarter {
  readonly #healthUrl: string;
  readonly #options: SocketStarterOptions;
  /** Whether the socket before this one failed. */
  #isDoubtful = false;
  #asking: AbortController | undefined;

  constructor(healthUrl: string, options: SocketStarterOptions) {
    this.#healthUrl = healthUrl;
    this.#options = options;
  }

  start(): void {
    const { origin } = globalThis.location ?? {};
    if (!this.#isDoubtful || origin !== new URL(this.#healthUrl).origin) {
      this.#options.start();
      return;
    }
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    fetch(this.#healthUrl, { cache: 'no-store', signal }).then(
      (response) => {
        void response.body?.cancel();
        if (!signal.aborted) this.#options.start();
      },
      () => {
        if (!signal.aborted) this.#options.fail();
      },
    );
  }

  /** The socket, or the attempt to open it, is given up; the next one is doubtful. */
  stop(): void {
    this.#isDoubtful = true;
    this.#asking?.abort();
    this.#asking = undefined;
  }
}
