/**
 * Numbers as people read them. One place, so that a rate in the stage, the people list and the debug panel looks the
 * same. English separators on purpose: the page is in English, and a figure must read the same in every screenshot.
 */

/** 12345 -> "12,345". */
export function formatCount(value: number): string {
  return formatNumber(Number(value.toFixed(0)));
}

/** With all its decimals: 12345.67891 -> "12,345.67891". `Intl` would load a locale, longer than anything else that a page does at its start. */
export function formatNumber(value: number): string {
  return String(value).replaceAll(/(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/g, ',');
}

/** Three significant digits, ready for a unit to follow: 1234567 -> "1.23 M ". */
function withPrefix(value: number): string {
  const steps = [
    [1e9, 'G '],
    [1e6, 'M '],
    [1e3, 'k '],
  ] as const;
  for (const [size, prefix] of steps) {
    if (value >= size) return `${significant(value / size)} ${prefix}`;
  }
  return `${significant(value)} `;
}

function significant(value: number): string {
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
}

/** Samples per second: 1234567 -> "1.23 M samples/s". */
export function formatSampleRate(samplesPerSecond: number): string {
  return `${withPrefix(Math.max(0, samplesPerSecond))}samples/s`;
}

/** Pixel samples: 1234567 -> "1.23 M samples". */
export function formatSamples(samples: number): string {
  return `${withPrefix(Math.max(0, samples))}samples`;
}

/** Bytes with binary steps as operating systems show them: 1536 -> "1.50 KiB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value.toFixed(0) : significant(value)} ${units[unit]}`;
}

/** Seconds as the largest two units that matter: 65 -> "1 min 05 s"; below ten seconds with a tenth. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** A round trip: "0.3 ms", "27 ms", "–" while unmeasured. */
export function formatRtt(rttMs: number | undefined): string {
  if (rttMs === undefined || !Number.isFinite(rttMs)) return '–';
  return rttMs < 9.95 ? `${rttMs.toFixed(1)} ms` : `${Math.round(rttMs)} ms`;
}

/**
 * 0..1 as a whole percent that never claims the end too early: 99.6 % is shown as 99, 100 only when it is done; the same
 * at the start, where the first sample shows as 0.
 */
export function percentOf(done: number, total: number): number {
  if (total <= 0) return 0;
  return Math.min(100, Math.max(0, Math.floor((100 * done) / total)));
}

/** A plural in words: `countOf(1, 'core')` -> "1 core", `countOf(2, 'core')` -> "2 cores". */
export function countOf(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A file that a message begins with keeps its name. */
const FILE_NAME = /^\S+\.\w/;

/** A message as a sentence of its own: "the file is cut short" -> "The file is cut short." */
export function sentence(text: string): string {
  const begun = FILE_NAME.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return `${begun}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

/** A life is the wall time at its start where it is one of ours, in UTC; any growing number will do for others. */
export function formatLife(life: number): string {
  return isWallTime(life) ? new Date(life).toISOString().slice(0, 19).replace('T', ' ') : String(life);
}

/** The same in a few characters: the time of a life that began within a day, the date of an older one. */
export function formatSince(life: number, nowMs: number): string {
  if (!isWallTime(life)) return String(life);
  const [date = '', time = ''] = formatLife(life).split(' ');
  return Math.abs(nowMs - life) < 86_400_000 ? time : date;
}

function isWallTime(ms: number): boolean {
  return ms > Date.UTC(2020, 0) && ms < Date.UTC(2100, 0);
}
