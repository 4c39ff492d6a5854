/**
 * What this tab may take of the device's cores, beside the other tabs of this browser. Each tab that has work holds a Web Lock whose name
 * says since when it is open and how many workers it wishes, and all compute the same shares from the names; a lock falls when its tab
 * does, however that ends. Where there are no Web Locks (plain http), every tab takes what it wishes.
 */
import { sharesOfCores } from './state/core-share.ts';

/** As much of a LockManager as it takes. */
export interface CoreLocks {
  request(
    name: string,
    options: { readonly mode: 'exclusive' | 'shared'; readonly signal?: AbortSignal },
    granted: () => Promise<void>,
  ): Promise<unknown>;
  query(): Promise<{ readonly held?: readonly { readonly name?: string; readonly mode?: string }[] }>;
}

/** As much of a BroadcastChannel as it takes: a lock says when it falls, not when another one comes. */
export interface CoreChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: () => void): void;
  close(): void;
}

export interface CoreClaimOptions {
  readonly locks: CoreLocks | undefined;
  readonly channel: CoreChannel | undefined;
  readonly cores: number;
  /** ms since 1970. */
  readonly openedAtMs: number;
  /** Tells apart tabs that were opened in the same millisecond. */
  readonly name: string;
  /** Called with every new share, 1 to the last wish. */
  readonly onShare: (workers: number) => void;
}

export interface CoreClaim {
  /** As many workers as this tab would have; 0 while it has nothing to do, and then it hears of no share. */
  wish(workers: number): void;
  close(): void;
}

const NAME = 'leafcutter-cores';
const LOCK_NAME = new RegExp(`^${NAME} (\\d+) (\\S+) (\\d+)$`);

/** What this browser has of it. */
export function browserCores(): Pick<CoreClaimOptions, 'locks' | 'channel'> {
  return { locks: navigator.locks as CoreLocks | undefined, channel: openChannel() };
}

function openChannel(): CoreChannel | undefined {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return undefined;
  }
}

export function claimCores(options: CoreClaimOptions): CoreClaim {
  return options.locks ? new SharedCores(options, options.locks) : { wish: options.onShare, close() {} };
}

class SharedCores implements CoreClaim {
  readonly #options: CoreClaimOptions;
  readonly #locks: CoreLocks;
  readonly #closing = new AbortController();
  /** Locks of other tabs of which we wait to hear that they have fallen. */
  readonly #watched = new Set<string>();
  #wish = 0;
  #release = (): void => {};
  #share = 0;

  constructor(options: CoreClaimOptions, locks: CoreLocks) {
    this.#options = options;
    this.#locks = locks;
    options.channel?.addEventListener('message', () => void this.#count());
  }

  wish(workers: number): void {
    if (workers === this.#wish || this.#closing.signal.aborted) return;
    this.#wish = workers;
    this.#release();
    if (workers === 0) {
      this.#share = 0;
      return;
    }
    // Fewer at once; more when it is known what the others have.
    if (workers < this.#share) this.#take(workers);
    this.#hold(this.#nameOf(workers));
  }

  close(): void {
    this.#closing.abort();
    this.#release();
    this.#options.channel?.close();
  }

  #nameOf(workers: number): string {
    const { openedAtMs, name } = this.#options;
    return `${NAME} ${Math.floor(openedAtMs)} ${name} ${workers}`;
  }

  #hold(name: string): void {
    const held = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    const granted = (): Promise<void> => {
      this.#options.channel?.postMessage(name);
      void this.#count();
      return held;
    };
    this.#locks.request(name, { mode: 'exclusive' }, granted).catch(() => {}); // the page goes
  }

  async #count(): Promise<void> {
    const { signal } = this.#closing;
    const own = this.#nameOf(this.#wish);
    const { held = [] } = await this.#locks.query();
    if (signal.aborted || own !== this.#nameOf(this.#wish) || this.#wish === 0) return;
    const claims = claimsOf(held.flatMap(({ name, mode }) => (name && mode === 'exclusive' ? [name] : [])));
    const at = claims.findIndex(({ lock }) => lock === own);
    if (at < 0) return; // it is on its way
    for (const { lock } of claims) if (lock !== own) this.#watch(lock);
    const shares = sharesOfCores(
      claims.map(({ wish }) => wish),
      this.#options.cores,
    );
    this.#take(shares[at] ?? 1);
  }

  /** Counts again when the lock has fallen. */
  #watch(lock: string): void {
    if (this.#watched.has(lock)) return;
    this.#watched.add(lock);
    this.#locks
      .request(lock, { mode: 'shared', signal: this.#closing.signal }, async () => {
        this.#watched.delete(lock);
        void this.#count();
      })
      .catch(() => {}); // closed
  }

  #take(workers: number): void {
    if (workers === this.#share) return;
    this.#share = workers;
    this.#options.onShare(workers);
  }
}

interface HeldClaim {
  readonly lock: string;
  readonly openedAtMs: number;
  readonly name: string;
  readonly wish: number;
}

/** The oldest tab first, in all tabs alike. */
function claimsOf(locks: readonly string[]): HeldClaim[] {
  const claims = locks.flatMap((lock) => {
    const [, openedAtMs, name, wish] = LOCK_NAME.exec(lock) ?? [];
    return name === undefined ? [] : [{ lock, openedAtMs: Number(openedAtMs), name, wish: Number(wish) }];
  });
  return claims.sort((a, b) => a.openedAtMs - b.openedAtMs || (a.name < b.name ? -1 : 1));
}
