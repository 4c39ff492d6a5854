/** The file's animations: what there is to choose, and the pose that the chosen one has at a time. */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { ReadSceneOptions, SceneAnimation } from '../read-options.ts';
import type { Warnings } from '../warnings.ts';
import type { Accessors } from './accessors.ts';
import type { Numbers } from './decode-accessors.ts';
import { type Keyframes, valueAt, valuesNeeded } from './keyframes.ts';
import type { Node } from './nodes.ts';

/** What an animation says of nodes, by their number; what it does not say stays as the node has it. */
export interface Pose {
  readonly translation: ReadonlyMap<number, readonly number[]>;
  readonly rotation: ReadonlyMap<number, readonly number[]>;
  readonly scale: ReadonlyMap<number, readonly number[]>;
  readonly weights: ReadonlyMap<number, readonly number[]>;
}

type Path = keyof Pose;

const OUTPUT_TYPES = {
  translation: ['VEC3'],
  rotation: ['VEC4'],
  scale: ['VEC3'],
  weights: ['SCALAR'],
} as const;

interface Channel {
  readonly node: number;
  readonly path: Path;
  /** Accessors. */
  readonly input: number;
  readonly output: number;
  readonly interpolation: Keyframes['interpolation'];
  readonly part: string;
}

export class Animations {
  /** The inputs of all samplers, by animation. */
  readonly #inputs: readonly (readonly number[])[];
  readonly #names: readonly string[];
  readonly #channels: readonly Channel[];
  readonly #time: number;

  /**
   * Marks the accessors of the chosen animation as needed.
   * @throws SceneError `json-damaged`, `unknown-animation`, and those of accessors
   */
  constructor(
    json: CheckedJson,
    root: JsonObject,
    nodes: readonly Node[],
    accessors: Accessors,
    { animation, time = 0 }: Pick<ReadSceneOptions, 'animation' | 'time'>,
    warnings: Warnings,
  ) {
    const { animations } = root;
    const values = json
      .list(animations, 'animations')
      .map((value, i) => json.object(value, `animations[${i}]`));
    this.#names = values.map(({ name }, i) => json.name(name, `Animation ${i + 1}`));
    this.#inputs = values.map(({ samplers }, i) =>
      json.list(samplers, `animations[${i}].samplers`).map((value, j) => {
        const part = `animations[${i}].samplers[${j}]`;
        const { input } = json.object(value, part);
        return accessors.use(input, ['SCALAR'], `${part}.input`);
      }),
    );
    const chosen = choose(this.#names, animation);
    const def = values[chosen];
    this.#channels = def ? readChannels(json, def, `animations[${chosen}]`, nodes, accessors, warnings) : [];
    if (!Number.isFinite(time)) {
      throw new SceneError('unknown-animation', 'the time', `should be a number of seconds, is ${time}`);
    }
    this.#time = time;
  }

  /** In the file's order. */
  list(numbersOf: (accessor: number) => Numbers): readonly SceneAnimation[] {
    return this.#names.map((name, i) => {
      const ends = (this.#inputs[i] ?? []).map((input) => {
        const { array } = numbersOf(input);
        return array[array.length - 1] ?? 0;
      });
      const duration = ends.reduce((longest, end) => Math.max(end, longest), 0);
      return { name, duration: Number.isFinite(duration) ? duration : 0 };
    });
  }

  /** @param targetCount how many morph targets the mesh of a node has @throws SceneError `out-of-range` */
  pose(numbersOf: (accessor: number) => Numbers, targetCount: (node: number) => number): Pose {
    const pose = {
      translation: new Map<number, readonly number[]>(),
      rotation: new Map<number, readonly number[]>(),
      scale: new Map<number, readonly number[]>(),
      weights: new Map<number, readonly number[]>(),
    };
    const widths = { translation: 3, rotation: 4, scale: 3 };
    for (const { node, path, input, output, interpolation, part } of this.#channels) {
      // No two channels may mean the same (section 3.11); the first counts.
      if (pose[path].has(node)) continue;
      const keyframes: Keyframes = {
        times: numbersOf(input),
        values: numbersOf(output),
        interpolation,
        width: path === 'weights' ? targetCount(node) : widths[path],
        isRotation: path === 'rotation',
      };
      const { length } = keyframes.values.array;
      const needed = valuesNeeded(keyframes);
      if (length < needed) {
        throw new SceneError(
          'out-of-range',
          part,
          `has ${length} numbers for its keys, should have ${needed}`,
        );
      }
      const value = valueAt(keyframes, this.#time);
      if (value.every(Number.isFinite)) pose[path].set(node, value);
    }
    return pose;
  }
}

/** -1: none. */
function choose(names: readonly string[], wanted: number | string | null | undefined): number {
  if (wanted === null) return -1;
  if (wanted === undefined) return names.length > 0 ? 0 : -1;
  const index = typeof wanted === 'string' ? names.indexOf(wanted) : wanted;
  if (names[index] !== undefined) return index;
  const known = names.slice(0, 20).map((name, i) => `${i} "${name}"`);
  const reason = `does not exist; the scene has ${known.length > 0 ? known.join(', ') : 'none'}`;
  throw new SceneError('unknown-animation', `the animation ${JSON.stringify(wanted)}`, reason);
}

function readChannels(
  json: CheckedJson,
  def: JsonObject,
  animation: string,
  nodes: readonly Node[],
  accessors: Accessors,
  warnings: Warnings,
): Channel[] {
  const { channels: rawChannels, samplers: rawSamplers } = def;
  const samplers = json.list(rawSamplers, `${animation}.samplers`);
  return json.list(rawChannels, `${animation}.channels`).flatMap((value, i): Channel[] => {
    const part = `${animation}.channels[${i}]`;
    const { sampler: rawSampler, target: rawTarget } = json.object(value, part);
    const { node: rawNode, path: rawPath } = json.object(rawTarget, `${part}.target`);
    const path = json.oneOf(rawPath, [...PATHS, 'pointer'], `${part}.target.path`);
    // Pointers are named with the extension; a channel without a node is for extensions that we do not know.
    if (path === 'pointer' || rawNode === undefined) return [];
    const node = json.index(rawNode, nodes.length, `${part}.target.node`);
    if (nodes[node]?.matrix && path !== 'weights') {
      warnings.add('animations of nodes that have a matrix are not applied');
      return [];
    }
    const index = json.index(rawSampler, samplers.length, `${part}.sampler`);
    const source = `${animation}.samplers[${index}]`;
    const { input, output, interpolation = 'LINEAR' } = json.object(samplers[index], source);
    return [
      {
        node,
        path,
        input: accessors.use(input, ['SCALAR'], `${source}.input`),
        output: accessors.use(output, OUTPUT_TYPES[path], `${source}.output`),
        interpolation: json.oneOf(
          interpolation,
          ['LINEAR', 'STEP', 'CUBICSPLINE'],
          `${source}.interpolation`,
        ),
        part: `${source}.output`,
      },
    ];
  });
}

const PATHS = ['translation', 'rotation', 'scale', 'weights'] as const;
