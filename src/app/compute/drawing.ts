/** Plots on a canvas, in the page's colours. */
import type { RunningMean } from './views.ts';

/** Numbers in rows of `columns`; NaN where nothing has come. */
export class HeatMap {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
  least = Number.POSITIVE_INFINITY;
  most = Number.NEGATIVE_INFINITY;

  constructor(columns: number, count: number) {
    this.columns = columns;
    this.rows = Math.ceil(count / columns);
    this.values = new Float64Array(this.rows * columns).fill(Number.NaN);
  }

  set(index: number, value: number): void {
    this.values[index] = value;
    this.least = Math.min(this.least, value);
    this.most = Math.max(this.most, value);
  }

  /** 0 for the least, 1 for the most; NaN where nothing has come. */
  share(index: number): number {
    const value = this.values[index] ?? Number.NaN;
    return this.most > this.least ? (value - this.least) / (this.most - this.least) : value * 0;
  }
}

/** Dark to light in even steps of lightness, also for eyes that tell few colours apart: six points of Matplotlib's viridis. */
const SCALE: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [65, 68, 135],
  [42, 120, 142],
  [34, 168, 132],
  [122, 209, 81],
  [253, 231, 37],
];

export function heatColour(share: number): readonly [number, number, number] {
  const at = Math.min(Math.max(share, 0), 1) * (SCALE.length - 1);
  const [from, to] = [SCALE[Math.floor(at)], SCALE[Math.ceil(at)]];
  const mix = at - Math.floor(at);
  const channel = (i: 0 | 1 | 2): number => Math.round((from?.[i] ?? 0) * (1 - mix) + (to?.[i] ?? 0) * mix);
  return [channel(0), channel(1), channel(2)];
}

export function drawHeatMap(canvas: HTMLCanvasElement, map: HeatMap): void {
  canvas.width = map.columns;
  canvas.height = map.rows;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(map.columns, map.rows);
  for (let i = 0; i < map.values.length; i++) {
    const share = map.share(i);
    if (Number.isNaN(share)) continue;
    image.data.set([...heatColour(share), 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

export function drawMean(canvas: HTMLCanvasElement, { points }: RunningMean): void {
  const scale = devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  const last = points.at(-1);
  if (!context || !last) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  // The first means jump: the band of the last three quarters says what to show.
  const settled = points.slice(Math.floor(points.length / 4));
  const spread = Math.max(
    ...settled.map(({ mean, error }) => Math.abs(mean - last.mean) + finite(error)),
    1e-12,
  );
  const x = (count: number): number => (count / last.count) * (width - 2) + 1;
  const y = (value: number): number => height / 2 - ((value - last.mean) / spread) * (height / 2 - 12);
  context.fillStyle = style.getPropertyValue('--accent-soft');
  context.beginPath();
  for (const { count, mean, error } of points) context.lineTo(x(count), y(mean + finite(error)));
  for (const { count, mean, error } of points.toReversed()) context.lineTo(x(count), y(mean - finite(error)));
  context.fill();
  context.strokeStyle = style.getPropertyValue('--line-strong');
  context.setLineDash([4, 4]);
  context.strokeRect(0, Math.round(height / 2) + 0.5, width, 0);
  context.setLineDash([]);
  context.strokeStyle = style.getPropertyValue('--accent');
  context.lineWidth = 2;
  context.lineJoin = 'round';
  context.beginPath();
  for (const { count, mean } of points) context.lineTo(x(count), y(mean));
  context.stroke();
  context.fillStyle = style.getPropertyValue('--muted');
  context.font = `12px ${style.fontFamily}`;
  // On the right, where the line is near the middle.
  context.textAlign = 'right';
  context.fillText(`+${spread.toPrecision(2)}`, width - 6, 16);
  context.fillText(`−${spread.toPrecision(2)}`, width - 6, height - 8);
}

/** One value has no error that could be drawn. */
const finite = (error: number): number => (Number.isFinite(error) ? error : 0);
