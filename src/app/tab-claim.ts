/**
 * Which of the tabs that hold one key lives. A browser copies sessionStorage, and the key in it, when a tab is duplicated or
 * opened by another (`window.open`): the copy has to be somebody else, and its opener must not notice. The living tab holds a
 * Web Lock of the key's id, which a reload gets back; who cannot get it takes another key.
 *
 * Web Locks are there on https and localhost only. So tabs also ask each other over a BroadcastChannel: the living one
 * answers at once, and where there are no locks silence means that nobody lives. Then a tab that was frozen may wake up and
 * find its key alive elsewhere: of two that live the later life goes on, as between any two Nodes.
 */
import type { Timers } from '../runtime/index.ts';
import type { NodeId } from '../wire/index.ts';

/** As much of a LockManager as it takes. */
export interface TabLocks {
  request(name: string, granted: () => Promise<void>): Promise<unknown>;
}

/** As much of a BroadcastChannel as it takes. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

export interface TabBrowser {
  readonly locks: TabLocks | undefined;
  readonly channel: TabChannel | undefined;
  readonly timers: Timers;
  /** This tab had the key before it loaded: who has not may be a copy, whose opener lives. */
  readonly isReload: boolean;
}

export interface Claim {
  /** Calls back, once, when a later life of the key has been claimed all the same; at once when that has happened already. */
  onLost(callback: () => void): void;
  /** The key may be claimed by others. Idempotent. */
  release(): void;
}

/** Who asks or lives; of two the one with the later life goes on, then the one with the greater ticket. */
export interface Claimant {
  readonly id: NodeId;
  readonly life: number;
  /** Random: the lives of two copies that start at once are equal. */
  readonly ticket: number;
}

/** A reload asks before the page it replaces has let go. Generous: a busy machine takes its time, a copy is answered at once. */
const LOCK_WAIT_MS = 2000;
/** Without locks: a living tab whose page is not stuck has answered by then. Every reload waits for it, though it is seldom told no. */
const SILENCE_MS = 300;
/** The opener of a copy may have much to do, and lose its key if it is not waited for. */
const COPY_SILENCE_MS = 1500;
const NAME = 'leafcutter-lives';

/** What this browser has of it. */
export function tabBrowser(timers: Timers): TabBrowser {
  const isReload = performance
    .getEntriesByType('navigation')
    .some((entry) => entry instanceof PerformanceNavigationTiming && entry.type === 'reload');
  return { locks: navigator.locks as TabLocks | undefined, channel: openChannel(), timers, isReload };
}

function openChannel(): TabChannel | undefined {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return undefined;
  }
}

/** Claims the key for this tab: undefined when another tab lives it. */
export async function claimKey(self: Claimant, browser: TabBrowser): Promise<Claim | undefined> {
  const talk = new Talk(self, browser.channel);
  const lock = browser.locks && holdLock(self.id, browser.locks);
  const isOurs = await new Promise<boolean>((resolve) => {
    void lock?.granted.then(() => resolve(true));
    talk.onTaken = () => resolve(false);
    talk.ask(lock === undefined);
    const silenceMs = browser.isReload ? SILENCE_MS : COPY_SILENCE_MS;
    browser.timers.after(lock ? LOCK_WAIT_MS : silenceMs, () => resolve(lock === undefined));
  });
  const claim = claimOf(talk, lock);
  if (isOurs) talk.live();
  else claim.release();
  return isOurs ? claim : undefined;
}

/** Claims a key that was made just now: nobody else can have it. */
export function claimFreshKey(self: Claimant, browser: TabBrowser): Claim {
  const talk = new Talk(self, browser.channel);
  const lock = browser.locks && holdLock(self.id, browser.locks);
  talk.live();
  return claimOf(talk, lock);
}

function claimOf(talk: Talk, lock: Lock | undefined): Claim {
  return {
    onLost(callback) {
      talk.onTaken = callback;
      if (talk.isLost) callback();
    },
    release() {
      lock?.release();
      talk.end();
    },
  };
}

interface Lock {
  readonly granted: Promise<void>;
  release(): void;
}

/** Waits for the lock and holds it until `release`; granted later, it is given back at once. */
function holdLock(id: NodeId, locks: TabLocks): Lock {
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const granted = new Promise<void>((resolve) => {
    locks
      .request(`leafcutter-node ${id}`, () => {
        resolve();
        return held;
      })
      .catch(() => {}); // the page goes
  });
  return { granted, release: letGo };
}

/** What tabs say: "does anybody live this key?", "not for you", and, once it lives, "it is mine". */
class Talk {
  /** Another tab has the key. */
  onTaken = (): void => {};
  readonly #self: Claimant;
  readonly #channel: TabChannel | undefined;
  #state: 'waiting' | 'asking' | 'living' | 'lost' | 'over' = 'waiting';

  constructor(self: Claimant, channel: TabChannel | undefined) {
    this.#self = self;
    this.#channel = channel;
    channel?.addEventListener('message', ({ data }) => {
      const message = readMessage(data);
      if (message?.id === self.id) this.#hear(message);
    });
  }

  get isLost(): boolean {
    return this.#state === 'lost';
  }

  /** @param decides nothing else does, between two that ask at once */
  ask(decides: boolean): void {
    if (decides) this.#state = 'asking';
    this.#say('ask', this.#self.ticket);
  }

  live(): void {
    this.#state = 'living';
    this.#say('mine', this.#self.ticket);
  }

  end(): void {
    this.#state = 'over';
    this.#channel?.close();
  }

  #hear({ type: said, life, ticket }: Message): void {
    const isLiving = this.#state === 'living';
    const isBehind = life === this.#self.life ? ticket > this.#self.ticket : life > this.#self.life;
    switch (said) {
      case 'ask':
        if (isLiving || (this.#state === 'asking' && !isBehind)) this.#say('taken', ticket);
        else if (this.#state === 'asking') this.#lose();
        break;
      case 'taken':
        if (!isLiving && ticket === this.#self.ticket) this.#lose();
        break;
      case 'mine':
        if (!isLiving || isBehind) this.#lose();
        else this.#say('mine', this.#self.ticket); // it was frozen, and has not heard of us
        break;
      default:
        said satisfies never;
    }
  }

  #lose(): void {
    if (this.#state === 'lost' || this.#state === 'over') return;
    this.#state = 'lost';
    this.onTaken();
  }

  #say(type: Message['type'], ticket: number): void {
    const { id, life } = this.#self;
    this.#channel?.postMessage({ type, id, life, ticket } satisfies Message);
  }
}

interface Message {
  readonly type: 'ask' | 'taken' | 'mine';
  readonly id: NodeId;
  readonly life: number;
  /** Of the one who speaks; with `taken` of the one who is told. */
  readonly ticket: number;
}

/** Another version of the page may have said it. */
function readMessage(data: unknown): Message | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { type, life, ticket } = data as Readonly<Record<string, unknown>>;
  if (type !== 'ask' && type !== 'taken' && type !== 'mine') return undefined;
  return typeof life === 'number' && typeof ticket === 'number' ? (data as Message) : undefined;
}
