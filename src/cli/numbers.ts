/** How the terminal says numbers to people. */

/** Never more than is: "99 %" of 0.9999. */
export function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}

/** `1 member`, `2 members`. */
export function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}

/** The middle one of ascending values, of an even number the mean of the middle two; undefined of none. */
export function medianOf(ascending: readonly number[]): number | undefined {
  const upper = ascending[ascending.length >> 1];
  const lower = ascending[(ascending.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** "512 B", "1.5 kB", "230 MB": decimal, as disks and file managers count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of UNITS) {
    if (bytes < 999.5 * size)
      return `${Number((bytes / size).toPrecision(bytes < 100 * size ? 2 : 3))} ${unit}`;
  }
  return `${Math.round(bytes / 1e12)} TB`;
}

const UNITS = [
  ['kB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
] as const;

/** "1.23 M samples/s", "54 k samples/s", "320 samples/s". */
export function formatRate(samplesPerSecond: number): string {
  const million = samplesPerSecond / 1e6;
  if (million >= 0.1) return `${million.toFixed(2)} M samples/s`;
  return samplesPerSecond >= 999.5
    ? `${Math.round(samplesPerSecond / 1000)} k samples/s`
    : `${Math.round(samplesPerSecond)} samples/s`;
}

/** "0.0123": three digits that count. */
export function formatNoise(noise: number): string {
  return String(Number(noise.toPrecision(3)));
}

/** "0.8 s", "12 s", "3 min 05 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
