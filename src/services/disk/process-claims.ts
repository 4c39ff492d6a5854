/** Claims of processes that share a folder: a file with the number of the process, void when that process is gone. */
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Claims } from './contract.ts';
import { codeOf, makeFolder } from './folder.ts';

const RETRY_MS = 100;
/** Files that this process holds. */
const own = new Set<string>();

export function processClaims(folder: string): Claims {
  return {
    async claim(name, waitMs) {
      const file = join(folder, `${name.replaceAll(' ', '-')}.claim`);
      const until = Date.now() + waitMs;
      while (!(await take(file))) {
        if (Date.now() >= until) return undefined;
        await setTimeout(RETRY_MS);
      }
      own.add(file);
      return () => {
        if (own.delete(file)) void rm(file, { force: true });
      };
    },
  };
}

async function take(file: string): Promise<boolean> {
  if (own.has(file)) return false;
  const whole = `${file}.${process.pid}`;
  try {
    await makeFolder(dirname(file));
  } catch {
    return true; // nobody can hold what cannot be there: who writes is told what is wrong with it
  }
  try {
    if (!(await isHeld(file))) await rm(file, { force: true });
    await writeFile(whole, String(process.pid), { mode: 0o600 });
    await link(whole, file);
    return true;
  } catch (error) {
    // A disk that is away, or knows no links, says nothing of others.
    return codeOf(error) !== 'EEXIST';
  } finally {
    await rm(whole, { force: true }).catch(() => {});
  }
}

/** Our own number in a file that we do not hold is that of an earlier life: in a container the first process is always 1. */
async function isHeld(file: string): Promise<boolean> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
