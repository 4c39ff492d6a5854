/** The disk of a terminal: a folder for each Network in one folder of the user's. */
import { readdir, rm, stat, statfs, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, log, messageOf, type Timers } from '../../runtime/index.ts';
import { usedBytesOf } from './contract.ts';
import { codeOf, folderDisk } from './folder.ts';
import { HeldClaims } from './held-claims.ts';
import {
  type DeviceKeeping,
  type DiskPlace,
  FORGOTTEN_AFTER_MS,
  NETWORK_BUDGET_BYTES,
  ONLY_COPIES,
} from './place.ts';
import { processClaims } from './process-claims.ts';
import { Shelf } from './shelf.ts';

/** Another layout of keys and records gets another number. */
const LAYOUT = 'kept-1-';
/** Of what is free where the folder lies. */
const SHARE_OF_FREE = 0.5;

const folderOf = (folder: string, network: string): string => join(folder, `${LAYOUT}${network}`);

/** @param network its name's hash: never the name or the key */
export function folderPlace(folder: string, network: string, time: Clock & Timers): DiskPlace {
  const own = folderOf(folder, network);
  const claims = new HeldClaims(processClaims(own));
  void noteOpened(folder, own);
  return {
    shelf: new Shelf(folderDisk(own), time, (usedBytes) => budgetBytes(folder, usedBytes)),
    claims,
    close: () => claims.close(),
  };
}

export function folderKeeping(folder: string): DeviceKeeping {
  return {
    async kept() {
      let bytes = 0;
      const networks = await networkFolders(folder);
      for (const network of networks) bytes += await usedBytesOf(folderDisk(network));
      return { networks: networks.length, bytes };
    },
    async forget() {
      for (const network of await networkFolders(folder)) await rm(network, { recursive: true, force: true });
    },
  };
}

async function budgetBytes(folder: string, usedBytes: number): Promise<number> {
  // Of the folder above: our own need not be there yet.
  const { bavail, bsize } = await statfs(folder).catch(() => ({
    bavail: Number.POSITIVE_INFINITY,
    bsize: 1,
  }));
  return Math.min(NETWORK_BUDGET_BYTES, usedBytes + bavail * bsize * SHARE_OF_FREE);
}

async function networkFolders(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => name.startsWith(LAYOUT)).map((name) => join(folder, name));
}

/** Every write into a folder makes it newer: only what nobody used is forgotten. A keeper uses a quiet room without writing. */
async function noteOpened(folder: string, own: string): Promise<void> {
  try {
    await utimes(own, new Date(), new Date()).catch(() => {}); // not there yet
    for (const other of await networkFolders(folder)) {
      const { mtimeMs } = await stat(other);
      const isOld = Date.now() - mtimeMs > FORGOTTEN_AFTER_MS;
      if (isOld && (await folderDisk(other).keys(ONLY_COPIES)).length === 0)
        await rm(other, { recursive: true });
    }
  } catch (error) {
    log('debug', `old networks in ${folder} were not forgotten: ${messageOf(error)}`);
  }
}
