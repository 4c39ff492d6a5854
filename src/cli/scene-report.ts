/** What is in a scene, as `leafcutter info` tells it to people. */
import { counted, formatBytes, formatRate, formatSeconds } from './numbers.ts';
import { printableLine } from './printable.ts';
import type { SceneExpectation, SceneFacts } from './scene-facts.ts';

/** Of a list; a program reads the rest (`--json`). */
const MAX_ROWS = 20;
const WIDTH = 12;

/** Lines, without a line break at the end. */
export function sceneReport(facts: SceneFacts, expected: SceneExpectation | undefined): string {
  const { bounds, triangles, drawnTriangles, instances } = facts;
  const size = bounds.max.map((value, axis) => value - (bounds.min[axis] ?? 0));
  const drawn = instances > 0 ? `, ${whole(drawnTriangles)} drawn in ${whole(instances)} instances` : '';
  return [
    row('size', `${size.map((metres) => Number(metres.toPrecision(3))).join(' x ')} m`),
    row('triangles', `${whole(triangles)}, ${whole(facts.vertices)} vertices${drawn}`),
    ...marked(facts),
    row('meshes', `${whole(facts.meshes)} in ${counted(facts.nodes, 'node')}${skinned(facts.skins)}`),
    ...list('materials', facts.materials),
    ...list(
      'textures',
      facts.images.map(
        ({ name, width, height, format, bytes }) =>
          `${named(name)} ${width}x${height}, ${format}, ${formatBytes(bytes)}`,
      ),
    ),
    ...list(
      'lights',
      facts.lights.map(({ name, kind }) => `${named(name)} ${kind}`),
    ),
    ...list(
      'cameras',
      facts.cameras.map(({ name, kind }, i) => `${i}: ${named(name)} ${kind}`),
    ),
    ...list(
      'animations',
      facts.animations.map(({ name, duration }, i) => `${i}: ${named(name)} ${formatSeconds(duration)}`),
    ),
    ...list('variants', facts.variants.map(numbered)),
    ...(facts.scenes.length > 1 ? list('scenes', facts.scenes.map(numbered)) : []),
    ...list('extensions', facts.extensions),
    ...list('not shown', facts.notes),
    ...(expected ? expectation(expected) : []),
  ].join('\n');
}

/** Points and lines, where there are any, and that they are seen as bodies. */
function marked({ points, lines }: SceneFacts): readonly string[] {
  const parts = [
    points > 0 && `${whole(points)} as small spheres`,
    lines > 0 && `${counted(lines, 'line')} as tubes`,
  ];
  const text = parts.filter(Boolean).join(', ');
  return text ? [row('points', text)] : [];
}

/** Says how it knows: measured, not guessed. */
function expectation(expected: SceneExpectation): readonly string[] {
  const { width, height, samples, workers, samplesPerSecond, loadSeconds, seconds } = expected;
  const picture = `${width}x${height} with ${counted(samples, 'sample')}`;
  const rate = `${formatRate(samplesPerSecond)} measured with ${counted(workers, 'worker')}`;
  return [
    row(
      'memory',
      `${formatBytes(expected.sceneBytes)} to render from, ${formatBytes(expected.peakBytes)} at the peak of reading and loading`,
    ),
    row(
      'time',
      `${formatSeconds(seconds)} for ${picture}: ${formatSeconds(loadSeconds)} to load, then ${rate}`,
    ),
  ];
}

const row = (title: string, text: string): string => title.padEnd(WIDTH) + text;

/** Its title once, a line each; nothing of an empty one. */
function list(title: string, entries: readonly string[]): readonly string[] {
  if (entries.length === 0) return [];
  const shown = entries.slice(0, MAX_ROWS).map((entry) => printableLine(entry) || '-');
  const rest = entries.length - shown.length;
  const lines = rest > 0 ? [...shown, `... and ${rest} more`] : shown;
  const [first, ...others] = entries.length > 1 ? [whole(entries.length), ...lines] : lines;
  return [row(title, first ?? ''), ...others.map((line) => row('', line))];
}

const numbered = (name: string, i: number): string => `${i}: ${named(name)}`;
const named = (name: string): string => name || '-';
const whole = (count: number): string => count.toLocaleString('en');
const skinned = (skins: number): string => (skins > 0 ? `, ${counted(skins, 'skin')}` : '');
