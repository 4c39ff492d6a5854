/** Progress on stderr: a bar on a terminal, a line now and then in a log. */
import type { LocalProgress } from '../render/job/index.ts';
import { counted, formatNoise, formatRate, formatSeconds, percent } from './numbers.ts';
import { StatusLine, type TerminalOutput } from './status-line.ts';

const BAR_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 5_000;
const BAR_CELLS = 30;

/** Of a render on the mesh: its coordinator measures, and there is more to tell. */
export interface MeshProgress {
  readonly samplesPerSecond: number;
  readonly etaSeconds: number | undefined;
  /** That have rendered in the last seconds. */
  readonly devices: number;
  /** In place of the rate, where it is not rendering now. */
  readonly state: string | undefined;
}

export type Progress = LocalProgress & { readonly mesh?: MeshProgress };

export class RenderProgress {
  readonly #line: StatusLine;
  readonly #now: () => number;
  readonly #startMs: number;
  readonly #label: string;
  #shownMs = Number.NEGATIVE_INFINITY;

  /** @param label before everything, where there are several renders */
  constructor(out: TerminalOutput, now: () => number, label = '') {
    this.#label = label && `${label}  `;
    this.#line = new StatusLine(out);
    this.#now = now;
    this.#startMs = now();
    // A log wants its first line after the first interval, a terminal its bar at once.
    if (!this.#line.isPossible) this.#shownMs = this.#startMs;
  }

  /** @param measure is asked only where it is time for a line */
  show(measure: () => Progress): void {
    const nowMs = this.#now();
    if (nowMs - this.#shownMs < (this.#line.isPossible ? BAR_INTERVAL_MS : LINE_INTERVAL_MS)) return;
    this.#shownMs = nowMs;
    const { samplesDone, samplesTotal, noise, tilesFinished, tiles, mesh } = measure();
    const share = samplesDone / samplesTotal;
    const parts = [percent(share)];
    if (mesh) parts.push(...meshParts(mesh));
    else {
      const seconds = (nowMs - this.#startMs) / 1000;
      const rate = samplesDone / Math.max(seconds, 0.001);
      parts.push(formatRate(rate), left(rate > 0 ? (samplesTotal - samplesDone) / rate : 0));
    }
    if (noise !== undefined) {
      parts.push(`noise ${formatNoise(noise)}, ${tilesFinished} of ${tiles} tiles finished`);
    }
    const text = parts.join('  ');
    if (!this.#line.isPossible) {
      this.#line.print(this.#label + text);
      return;
    }
    const filled = Math.round(share * BAR_CELLS);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
    this.#line.show(`${this.#label}${bar} ${text}`);
  }

  /** Takes the bar away. */
  clear(): void {
    this.#line.clear();
  }
}

function meshParts({ samplesPerSecond, etaSeconds, devices, state }: MeshProgress): readonly string[] {
  if (state !== undefined) return [state];
  const eta = etaSeconds === undefined ? [] : [left(etaSeconds)];
  return [formatRate(samplesPerSecond), ...eta, counted(devices, 'device')];
}

const left = (seconds: number): string => `${formatSeconds(seconds)} left`;
