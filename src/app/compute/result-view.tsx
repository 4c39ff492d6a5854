/** Results as they come: a mean with its error, a heat map, a picture, or a list. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Value } from '../../compute/index.ts';
import type { ComputeRun } from './compute-run.ts';
import { drawHeatMap, drawMean, HeatMap } from './drawing.ts';
import { type Plan, RunningMean, tileOf } from './views.ts';

const MAX_LISTED = 200;

export function ResultView({ run, plan }: { readonly run: ComputeRun; readonly plan: Plan }) {
  switch (plan.view) {
    case 'mean':
      return <MeanView run={run} />;
    case 'heat map':
      return <HeatMapView run={run} plan={plan} />;
    case 'picture':
      return <PictureView run={run} plan={plan} />;
    case 'list':
      return <ListView run={run} />;
    default:
      return plan.view satisfies never;
  }
}

interface ViewProps {
  readonly run: ComputeRun;
  readonly plan: Plan;
}

/** Draws at most once a frame, and once more when the element changes its size. */
function usePainter(paint: (canvas: HTMLCanvasElement) => void) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useMemo(() => {
    let frame = 0;
    return {
      ask(): void {
        frame ||= requestAnimationFrame(() => {
          frame = 0;
          if (canvas.current) paint(canvas.current);
        });
      },
      stop: () => cancelAnimationFrame(frame),
    };
  }, [paint]);
  useEffect(() => {
    const resized = new ResizeObserver(() => painter.ask());
    if (canvas.current) resized.observe(canvas.current);
    return () => {
      resized.disconnect();
      painter.stop();
    };
  }, [painter]);
  return { canvas, ask: painter.ask };
}

/** Takes the values of this run from its beginning on. */
function useValues(run: ComputeRun, take: (index: number, value: Value) => void): void {
  useEffect(() => run.onValue(({ index, value }) => take(index, value)), [run, take]);
}

/** The same for a view of numbers: what is none is left out. */
function useNumbers(run: ComputeRun, take: (index: number, value: number) => void): void {
  const takeNumber = useMemo(
    () => (index: number, value: Value) => {
      if (typeof value === 'number' && Number.isFinite(value)) take(index, value);
    },
    [take],
  );
  useValues(run, takeNumber);
}

function MeanView({ run }: { readonly run: ComputeRun }) {
  const mean = useMemo(() => new RunningMean(), []);
  const shown = useSignal('');
  const paint = useMemo(() => (canvas: HTMLCanvasElement) => drawMean(canvas, mean), [mean]);
  const { canvas, ask } = usePainter(paint);
  const take = useMemo(
    () => (_: number, value: number) => {
      mean.add(value);
      shown.value = `${mean.mean.toPrecision(9)} ± ${mean.standardError.toPrecision(2)}`;
      ask();
    },
    [mean, shown, ask],
  );
  useNumbers(run, take);
  return (
    <figure class="result">
      <figcaption>
        Mean <output class="result-number">{shown.value || '…'}</output>
      </figcaption>
      <canvas
        ref={canvas}
        class="result-plot"
        role="img"
        aria-label={`The mean of all results so far: ${shown.value}`}
      />
    </figure>
  );
}

function HeatMapView({ run, plan }: ViewProps) {
  const map = useMemo(() => new HeatMap(plan.columns, plan.inputs.length), [plan]);
  const range = useSignal({ least: '…', most: '…' });
  const paint = useMemo(() => (canvas: HTMLCanvasElement) => drawHeatMap(canvas, map), [map]);
  const { canvas, ask } = usePainter(paint);
  const take = useMemo(
    () => (index: number, value: number) => {
      map.set(index, value);
      range.value = { least: map.least.toPrecision(3), most: map.most.toPrecision(3) };
      ask();
    },
    [map, range, ask],
  );
  useNumbers(run, take);
  const { least, most } = range.value;
  return (
    <figure class="result">
      <figcaption>
        {least} <span class="heat-scale" aria-hidden="true" /> {most}
      </figcaption>
      <canvas
        ref={canvas}
        class="result-map"
        style={{ aspectRatio: `${map.columns} / ${map.rows}` }}
        role="img"
        aria-label={`Heat map of ${map.columns} by ${map.rows} results, ${least} to ${most}`}
      />
    </figure>
  );
}

function PictureView({ run, plan }: ViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const take = useMemo(
    () => (_: number, value: Value) => {
      const tile = tileOf(value);
      const context = canvas.current?.getContext('2d');
      if (!tile || !context) return;
      const { x, y, width, height, rgba } = tile;
      context.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), x, y);
    },
    [],
  );
  useValues(run, take);
  return (
    <figure class="result">
      <canvas
        ref={canvas}
        class="result-picture"
        width={plan.width}
        height={plan.height}
        role="img"
        aria-label={`Picture of ${plan.width} by ${plan.height} pixels`}
      />
    </figure>
  );
}

function ListView({ run }: { readonly run: ComputeRun }) {
  const values = useSignal<readonly { readonly index: number; readonly text: string }[]>([]);
  const take = useMemo(
    () => (index: number, value: Value) => {
      if (values.value.length >= MAX_LISTED) return;
      const next = [...values.value, { index, text: JSON.stringify(value) ?? '' }];
      values.value = next.sort((a, b) => a.index - b.index);
    },
    [values],
  );
  useValues(run, take);
  return (
    <ol class="result-list" aria-label="Results">
      {values.value.map(({ index, text }) => (
        <li key={index}>
          <span class="muted">{index}</span> <code>{text}</code>
        </li>
      ))}
      {values.value.length === MAX_LISTED && <li class="muted">The first {MAX_LISTED} are shown.</li>}
    </ol>
  );
}
