/** What this thread has used of one core, ms: on a busy machine wall time says nothing. */
import { readFileSync } from 'node:fs';

/** USER_HZ is 100 on every Linux. */
const MS_PER_TICK = 10;
/** Of /proc/PID/task/TID/stat after the name in parentheses: utime and stime are the 14th and 15th field of the line. */
const USER_AT = 11;

/** Of the main thread alone where Linux tells it; of all threads elsewhere. */
export function cpuMs(): number {
  try {
    const stat = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return MS_PER_TICK * (Number(fields[USER_AT]) + Number(fields[USER_AT + 1]));
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
