/** The file's animations: what there is to choose, and the pose that the chosen one has at a time. */
import { type CheckedJson, EMPTY, type JsonObject } from '../checked-json.ts';
import { SceneError } from '../errors.ts';
import type { ReadSceneOptions, SceneAnimation } from '../read-options.ts';
import type { Warnings } from '../warnings.ts';
import type { Accessors, Numbers } from './accessors.ts';
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
  readonly #chosen: number;
  readonly #channels: readonly Channel[];
  readonly #warnings: Warnings;
  readonly #time: number;

  /** What cannot be read does not move. @throws SceneError `unknown-animation` */
  constructor(
    json: CheckedJson,
    root: JsonObject,
    nodes: readonly Node[],
    accessors: Accessors,
    { animation, time = 0 }: Pick<ReadSceneOptions, 'animation' | 'time'>,
    warnings: Warnings,
  ) {
    const { animations } = root;
    const values = warnings
      .salvage(() => json.list(animations, 'animations'), [])
      .map((value, i) => warnings.salvage(() => json.object(value, `animations[${i}]`), EMPTY));
    this.#names = values.map(({ name }, i) => json.name(name, `Animation ${i + 1}`));
    this.#inputs = values.map(({ samplers }, i) => {
      const list = warnings.salvage(() => json.list(samplers, `animations[${i}].samplers`), []);
      return list.flatMap((value, j) => {
        const part = `animations[${i}].samplers[${j}]`;
        const use = (): number => {
          const { input } = json.object(value, part);
          return accessors.use(input, ['SCALAR'], `${part}.input`);
        };
        const input = warnings.salvage(use, undefined, 'it moves nothing');
        return input === undefined ? [] : [input];
      });
    });
    this.#chosen = chosenAnimation(this.#names, animation);
    const def = values[this.#chosen];
    this.#channels = def
      ? readChannels(json, def, `animations[${this.#chosen}]`, nodes, accessors, warnings)
      : [];
    this.#warnings = warnings;
    this.#time = checkedTime(time);
  }

  /** In the file's order. */
  list(numbersOf: (accessor: number) => Numbers): readonly SceneAnimation[] {
    return this.#names.map((name, i) => {
      const ends = (this.#inputs[i] ?? []).map((input) => {
        const { array } = this.#warnings.salvage(() => numbersOf(input), { array: [] as number[] });
        return array[array.length - 1] ?? 0;
      });
      const duration = ends.reduce((longest, end) => Math.max(end, longest), 0);
      return { name, duration: Number.isFinite(duration) ? duration : 0 };
    });
  }

  /** Of the one that was chosen, in seconds; 0: nothing moves. */
  duration(numbersOf: (accessor: number) => Numbers): number {
    return this.#channels.length > 0 ? (this.list(numbersOf)[this.#chosen]?.duration ?? 0) : 0;
  }

  /** @param targetCount how many morph targets the mesh of a node has @param time seconds; the moment that is read */
  pose(
    numbersOf: (accessor: number) => Numbers,
    targetCount: (node: number) => number,
    time = this.#time,
  ): Pose {
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
      const read = (): readonly number[] =>
        checkedValue(
          {
            times: numbersOf(input),
            values: numbersOf(output),
            interpolation,
            width: path === 'weights' ? targetCount(node) : widths[path],
            isRotation: path === 'rotation',
          },
          time,
          part,
        );
      const value = this.#warnings.salvage(read, undefined, 'it moves nothing');
      if (value?.every(Number.isFinite)) pose[path].set(node, value);
    }
    return pose;
  }
}

/** The value of checked keyframes. @throws SceneError `out-of-range` where there are too few numbers */
export function checkedValue(keyframes: Keyframes, time: number, part: string): readonly number[] {
  const { length } = keyframes.values.array;
  const needed = valuesNeeded(keyframes);
  if (length < needed) {
    throw new SceneError('out-of-range', part, `has ${length} numbers for its keys, should have ${needed}`);
  }
  return valueAt(keyframes, time);
}

/** @throws SceneError `unknown-animation` */
export function checkedTime(time: number): number {
  if (Number.isFinite(time)) return time;
  throw new SceneError('unknown-animation', 'the time', `should be a number of seconds, is ${time}`);
}

/** -1: none. @throws SceneError `unknown-animation` */
export function chosenAnimation(
  names: readonly string[],
  wanted: number | string | null | undefined,
): number {
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
  const samplers = warnings.salvage(() => json.list(rawSamplers, `${animation}.samplers`), []);
  const channels = warnings.salvage(() => json.list(rawChannels, `${animation}.channels`), []);
  return channels.flatMap((value, i): Channel[] => {
    const part = `${animation}.channels[${i}]`;
    const read = (): Channel | undefined => {
      const { sampler: rawSampler, target: rawTarget } = json.object(value, part);
      const { node: rawNode, path: rawPath } = json.object(rawTarget, `${part}.target`);
      const path = json.oneOf(rawPath, [...PATHS, 'pointer'], `${part}.target.path`);
      // Pointers are another file's (pointers.ts); a channel without a node is for extensions that we do not know.
      if (path === 'pointer' || rawNode === undefined) return undefined;
      const node = json.index(rawNode, nodes.length, `${part}.target.node`);
      if (nodes[node]?.matrix && path !== 'weights') {
        warnings.add('animations of nodes that have a matrix are not applied');
        return undefined;
      }
      const index = json.index(rawSampler, samplers.length, `${part}.sampler`);
      const source = `${animation}.samplers[${index}]`;
      const { input, output, interpolation = 'LINEAR' } = json.object(samplers[index], source);
      return {
        ...{ node, path },
        input: accessors.use(input, ['SCALAR'], `${source}.input`),
        output: accessors.use(output, OUTPUT_TYPES[path], `${source}.output`),
        interpolation: json.oneOf(interpolation, INTERPOLATIONS, `${source}.interpolation`),
        part: `${source}.output`,
      };
    };
    const channel = warnings.salvage(read, undefined, 'it moves nothing');
    return channel ? [channel] : [];
  });
}

const PATHS = ['translation', 'rotation', 'scale', 'weights'] as const;
export const INTERPOLATIONS = ['LINEAR', 'STEP', 'CUBICSPLINE'] as const;
