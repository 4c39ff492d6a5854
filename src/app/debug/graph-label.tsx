/** A text in the topology's graph, with ground under it, so that no line runs through its letters. */
interface LabelProps {
  readonly x: number;
  /** Of the first line's foot. */
  readonly y: number;
  readonly lines: readonly string[];
  readonly kind: keyof typeof LABEL_SIZES;
}

/** Of letters, as panes.css has them. */
const LABEL_SIZES = { 'edge-label': 9, 'dot-name': 10 } as const;
const LINE_HEIGHT = 1.2;
/** Of a letter, as a part of its size: an average. */
const LETTER_WIDTH = 0.53;

export function GraphLabel({ x, y, lines, kind }: LabelProps) {
  const size = LABEL_SIZES[kind];
  const width = Math.max(...lines.map((line) => line.length)) * size * LETTER_WIDTH + 6;
  const height = lines.length * size * LINE_HEIGHT + 2;
  return (
    <>
      <rect class="ground" x={x - width / 2} y={y - size} width={width} height={height} />
      <text class={kind} y={y}>
        {lines.map((line, i) => (
          <tspan key={line} x={x} dy={i === 0 ? 0 : size * LINE_HEIGHT}>
            {line}
          </tspan>
        ))}
      </text>
    </>
  );
}
