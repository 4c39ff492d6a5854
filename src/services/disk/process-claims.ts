/**
 * Claims of processes that share a folder: a file with the number of the process and when it began, void when that process is gone. The
 * number alone would do where none is given twice: after a restart of the machine another program has it.
 */
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Claims } from './contract.ts';
import { codeOf, makeFolder } from './folder.ts';

const RETRY_MS = 100;
/** Files that this process holds, or is about to. */
const own = new Set<string>();

export function processClaims(folder: string): Claims {
  return {
    async claim(name, waitMs) {
      const file = join(folder, `${name.replaceAll(' ', '-')}.claim`);
      const until = Date.now() + waitMs;
      while (!(await takeOnce(file))) {
        if (Date.now() >= until) return undefined;
        await setTimeout(RETRY_MS);
      }
      let isReleased = false;
      return () => {
        if (isReleased) return;
        isReleased = true;
        void release(file);
      };
    },
  };
}

/** A claim of this process that is on its way to be taken or given back is as good as held. */
async function takeOnce(file: string): Promise<boolean> {
  if (own.has(file)) return false;
  own.add(file);
  const isTaken = await take(file);
  if (!isTaken) own.delete(file);
  return isTaken;
}

async function release(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => {}); // a disk that is away: the claim is void when we are
  own.delete(file);
}

async function take(file: string): Promise<boolean> {
  const whole = `${file}.${process.pid}`;
  try {
    await makeFolder(dirname(file));
  } catch {
    return true; // nobody can hold what cannot be there: who writes is told what is wrong with it
  }
  try {
    await writeFile(whole, `${process.pid} ${await beganAt(process.pid)}`, { mode: 0o600 });
    if (await isLinked(whole, file)) return true;
    return (await isHeld(file)) ? false : await takeOver(whole, file);
  } catch {
    return true; // a disk that is away, or knows no links, says nothing of others
  } finally {
    await rm(whole, { force: true }).catch(() => {});
  }
}

/**
 * The claim of a holder that is gone. Two that find it would remove it one after the other, the second that of the first: whoever
 * removes has a claim to do so, and looks again when it has it.
 */
async function takeOver(whole: string, file: string): Promise<boolean> {
  const right = `${file}.void`;
  if (!(await takeOnce(right))) return false;
  try {
    if (!(await isHeld(file))) await rm(file, { force: true });
    return await isLinked(whole, file);
  } finally {
    await release(right);
  }
}

async function isLinked(whole: string, file: string): Promise<boolean> {
  try {
    await link(whole, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Our own number in a file that we do not hold is that of an earlier life: in a container the first process is always 1. */
async function isHeld(file: string): Promise<boolean> {
  const [number, began] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
  const pid = Number(number);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return !began || began === (await beganAt(pid));
}

/** In ticks since the machine was started; empty where the system has no such file, or the process is gone. */
async function beganAt(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // "pid (command) state ...": the command may hold spaces; the 22nd field of all.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
