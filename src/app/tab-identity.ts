/**
 * Who this tab is on the mesh. Its key lives as long as the tab does, in sessionStorage: a reload is the same Node in a new
 * life, and nothing is left when the tab is closed. Where storage is refused the key is in memory, and a reload is somebody
 * new. A duplicated tab, or one opened by this one, begins with a copy of the storage: the key stays with the tab that lives
 * it (tab-claim.ts), and the copy makes one of its own.
 */
import { type Identity, newIdentity } from '../mesh/index.ts';
import { fromHex, log, type Random, toHex } from '../runtime/index.ts';
import { type Claim, type Claimant, claimFreshKey, claimKey, type TabBrowser } from './tab-claim.ts';

export interface TabIdentity {
  readonly identity: Identity;
  /** Greater than in every earlier life of this key. */
  readonly life: number;
  /** On the key, among the tabs of this browser. */
  readonly claim: Claim;
  /** The key stays with somebody else: the next load of this tab is a new Node. */
  forget(): void;
}

export type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'leafcutter-node';
const SECRET = /^[0-9a-f]{64}$/;
/** The mesh counts lives in 48 bits. */
const MAX_LIFE = 2 ** 48 - 2;

interface Kept {
  readonly secret: string;
  readonly life: number;
}

/** The browser's, undefined where it is refused. */
export function tabStorage(): TabStorage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

/** Begins a life of this tab's key, a fresh one where none is kept or another tab lives it. @param random fit for secrets */
export async function openTabIdentity(
  storage: TabStorage | undefined,
  browser: () => TabBrowser,
  nowMs: number,
  random: Random,
): Promise<TabIdentity> {
  const kept = read(storage);
  const own = kept && (await claimKept(kept, browser(), nowMs, random));
  const { identity, life, claim } = own ?? freshKey(browser(), nowMs, random);
  write(storage, { secret: toHex(identity.secretKey), life });
  return {
    identity,
    life,
    claim,
    forget() {
      attempt(() => storage?.removeItem(KEY));
    },
  };
}

type Claimed = Omit<TabIdentity, 'forget'>;

async function claimKept(
  kept: Kept,
  browser: TabBrowser,
  nowMs: number,
  random: Random,
): Promise<Claimed | undefined> {
  const identity = identityOf(kept.secret, random);
  const life = Math.max(kept.life + 1, nowMs);
  const claim = await claimKey(claimantOf(identity, life, random), browser);
  return claim && { identity, life, claim };
}

function freshKey(browser: TabBrowser, nowMs: number, random: Random): Claimed {
  const identity = newIdentity(random);
  const claim = claimFreshKey(claimantOf(identity, nowMs, random), browser);
  return { identity, life: nowMs, claim };
}

function claimantOf({ id }: Identity, life: number, random: Random): Claimant {
  return { id, life, ticket: random.uint32() };
}

/** `newIdentity` takes its secret from its source of randomness: here it is the one that was kept. */
function identityOf(secret: string, random: Random): Identity {
  return newIdentity({ ...random, bytes: () => fromHex(secret) });
}

/** An older version of the page, or a person, may have written it: only what has the right form is taken. */
function read(storage: TabStorage | undefined): Kept | undefined {
  const text = attempt(() => storage?.getItem(KEY));
  if (typeof text !== 'string') return undefined;
  const value = parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { secret, life } = value as Record<string, unknown>;
  if (typeof secret !== 'string' || !SECRET.test(secret)) return undefined;
  if (typeof life !== 'number' || !Number.isInteger(life) || life < 0 || life > MAX_LIFE) return undefined;
  return { secret, life };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function write(storage: TabStorage | undefined, kept: Kept): void {
  attempt(() => storage?.setItem(KEY, JSON.stringify(kept)));
}

/** Storage may throw whatever it is asked. What it throws names no key. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    log('info', 'this browser keeps nothing for a tab: a reload will be a new device');
    return undefined;
  }
}
