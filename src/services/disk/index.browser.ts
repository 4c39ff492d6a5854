/** The disk of a browser: a database for each Network, one more that says when each was opened last, Web Locks beside them. */
import { createStore, del, entries, set } from 'idb-keyval';
import { type Clock, log, messageOf, type Timers } from '../../runtime/index.ts';
import { usedBytesOf } from './contract.ts';
import { HeldClaims } from './held-claims.ts';
import { databaseExists, indexedDisk } from './indexed.ts';
import {
  type DeviceKeeping,
  type DiskPlace,
  FORGOTTEN_AFTER_MS,
  NETWORK_BUDGET_BYTES,
  ONLY_COPIES,
} from './place.ts';
import { Shelf } from './shelf.ts';
import { webLockClaims } from './web-locks.ts';

export { databaseExists } from './indexed.ts';

/** Another layout of keys and records gets another number: an older page that is still open does not take it for rubbish. */
const LAYOUT = 'leafcutter-kept-1';
/** Of what the browser grants the page's origin, all Networks and the files of the page together. */
const SHARE_OF_QUOTA = 0.5;

const databaseOf = (network: string): string => `${LAYOUT} ${network}`;
/** Held, shared, by every tab that has this Network open: its database cannot be deleted. */
const useLockOf = (network: string): string => `${LAYOUT} in use ${network}`;

/** @param network its name's hash: never the name or the key */
export function browserPlace(network: string, time: Clock & Timers): DiskPlace {
  const shelf = new Shelf(
    indexedDisk(databaseOf(network), () => noteOpened(network)),
    time,
    budgetBytes,
  );
  const { locks } = navigator as { locks?: LockManager };
  const claims = new HeldClaims(webLockClaims(locks, `${LAYOUT} ${network}`));
  let leave = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    leave = resolve;
  });
  void locks?.request(useLockOf(network), { mode: 'shared' }, () => isOpen).catch(() => {}); // the page goes
  void forgetOld(network);
  return {
    shelf,
    claims,
    close() {
      claims.close();
      leave();
    },
  };
}

export const browserKeeping: DeviceKeeping = {
  async kept() {
    let bytes = 0;
    const networks = await knownNetworks();
    for (const [network] of networks) {
      const disk = indexedDisk(databaseOf(network));
      bytes += await usedBytesOf(disk);
      await disk.close();
    }
    return { networks: networks.length, bytes };
  },
  async forget() {
    for (const [network] of await knownNetworks()) await forgetNetwork(network);
  },
};

async function budgetBytes(): Promise<number> {
  const { quota } = (await navigator.storage?.estimate()) ?? {};
  return Math.min(NETWORK_BUDGET_BYTES, (quota ?? Number.POSITIVE_INFINITY) * SHARE_OF_QUOTA);
}

const directory = createStore(LAYOUT, 'networks');

async function knownNetworks(): Promise<readonly (readonly [network: string, openedAtMs: number])[]> {
  return (await databaseExists(LAYOUT)) ? entries<string, number>(directory) : [];
}

async function noteOpened(network: string): Promise<void> {
  try {
    await set(network, Date.now(), directory);
  } catch (error) {
    log('debug', `this network is not remembered on this device: ${messageOf(error)}`);
  }
}

/** @param opened is a visit to that one */
async function forgetOld(opened: string): Promise<void> {
  try {
    const networks = new Map(await knownNetworks());
    if (networks.delete(opened)) await noteOpened(opened);
    for (const [other, openedAtMs] of networks) {
      const isOld = Date.now() - openedAtMs > FORGOTTEN_AFTER_MS;
      if (isOld && !(await isInUse(other)) && !(await hasOnlyCopies(other))) await forgetNetwork(other);
    }
  } catch (error) {
    log('debug', `no network is remembered on this device: ${messageOf(error)}`);
  }
}

/** Whether a tab has it open, as far as the browser says. */
async function isInUse(network: string): Promise<boolean> {
  const isTaken = (lock: Lock | null): boolean => lock === null;
  return (await navigator.locks?.request(useLockOf(network), { ifAvailable: true }, isTaken)) ?? false;
}

async function hasOnlyCopies(network: string): Promise<boolean> {
  const disk = indexedDisk(databaseOf(network));
  const keys = await disk.keys(ONLY_COPIES);
  await disk.close();
  return keys.length > 0;
}

/** Removes what is kept; the database, too, where no tab has it open: a deletion that waits for one would keep all others waiting. */
async function forgetNetwork(network: string): Promise<void> {
  const disk = indexedDisk(databaseOf(network));
  await disk.del(await disk.keys(''));
  await disk.close();
  await navigator.locks?.request(useLockOf(network), { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    await deleteDatabase(databaseOf(network));
    await del(network, directory);
  });
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onblocked = () => resolve();
    request.onerror = () => reject(request.error);
  });
}
