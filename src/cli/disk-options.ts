/**
 * Where a command keeps the Jobs and scenes of its network between two runs: `--disk`, `--no-disk`. A folder that cannot be written, or is
 * full, is told of once, and the command does without.
 */
import { homedir } from 'node:os';
import type { Command } from 'commander';
import { systemTime } from '../runtime/index.ts';
import { folderPlace } from '../services/disk/index.node.ts';
import type { DiskPlace } from '../services/disk/index.ts';
import { networkHash } from '../wire/index.ts';
import { keptFolder } from './kept-folder.ts';

export interface DiskOptions {
  /** A folder; false: nowhere; undefined: with what programs keep of this user. */
  readonly disk?: string | false;
}

/** `what`: that is kept, and why. */
export function addDiskOptions(command: Command, what: string): Command {
  return command
    .option('--disk <folder>', `${what} (default: with what programs keep of this user)`)
    .option('--no-disk', 'keep nothing');
}

/** Undefined: nowhere. */
export function diskFolder({ disk }: DiskOptions): string | undefined {
  if (disk === false) return undefined;
  return disk ?? keptFolder({ platform: process.platform, env: process.env, home: homedir() });
}

/** The caller's to close. `tell`: hears once that nothing more is kept, and why. */
export function openDiskPlace(
  options: DiskOptions,
  networkName: string,
  tell: (trouble: string) => void,
): DiskPlace | undefined {
  const folder = diskFolder(options);
  if (folder === undefined) return undefined;
  const place = folderPlace(folder, networkHash(networkName), systemTime);
  place.shelf.events.on('trouble', ({ message }) =>
    tell(`nothing more is kept in ${folder}: ${message}; renders go on without`),
  );
  return place;
}
