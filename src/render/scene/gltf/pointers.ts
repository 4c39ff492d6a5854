/**
 * KHR_animation_pointer: animations of any number in the file (a material's colour, a light's intensity, whether a node is seen),
 * which say by a JSON pointer what they move. They are applied before the file is read: the moment's value takes the place of the
 * one that stands there. What moves nodes by pointer is read as if it stood in the node, too.
 */
import type { CheckedJson, JsonObject } from '../checked-json.ts';
import { decoderOf } from '../geometry/attributes.ts';
import type { ReadSceneOptions } from '../read-options.ts';
import type { Warnings } from '../warnings.ts';
import type { Accessors } from './accessors.ts';
import { checkedTime, checkedValue, chosenAnimation, INTERPOLATIONS } from './animations.ts';
import { extensionOf } from './extensions.ts';

const POINTER = 'KHR_animation_pointer';

/** Names that would reach beyond the file's own objects. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The file as the chosen animation has it at the chosen time; the given one is not changed. @throws SceneError `unknown-animation` */
export function pointed(
  json: CheckedJson,
  root: JsonObject,
  accessors: Accessors,
  { animation, time = 0 }: Pick<ReadSceneOptions, 'animation' | 'time'>,
  warnings: Warnings,
): JsonObject {
  const { animations } = root;
  const values = Array.isArray(animations) ? animations : [];
  const names = values.map((value: unknown, i) => {
    const { name } = typeof value === 'object' && value !== null ? (value as JsonObject) : {};
    return json.name(name, `Animation ${i + 1}`);
  });
  const chosen = chosenAnimation(names, animation);
  const moment = checkedTime(time);
  let copy: JsonObject | undefined;
  for (const [i, channel] of pointerChannels(values[chosen]).entries()) {
    const part = `animations[${chosen}].channels[${i}]`;
    const move = (): void => {
      const target = json.object(json.object(channel, part)['target'], `${part}.target`);
      const extension = extensionOf(json, target, POINTER, `${part}.target`) ?? {};
      const steps = stepsOf(json.text(extension['pointer'], `${part}.target.pointer`));
      copy ??= structuredClone(root);
      const place = placeOf(copy, steps);
      if (!place) {
        warnings.add(`${part} moves /${steps.join('/')}, which is not there; it moves nothing`);
        return;
      }
      const sampler = json.object(channel, part)['sampler'];
      place.write(momentOf(json, root, accessors, chosen, sampler, place.width, place.isRotation, moment));
    };
    warnings.salvage(move, undefined, 'it moves nothing');
  }
  return copy ?? root;
}

/** The channels of an animation whose path is a pointer; others undefined, so that numbers stay. */
function pointerChannels(animation: unknown): readonly unknown[] {
  if (typeof animation !== 'object' || animation === null) return [];
  const { channels } = animation as JsonObject;
  if (!Array.isArray(channels)) return [];
  return channels.filter((channel: JsonObject | null) => {
    const { target } = channel ?? {};
    return typeof target === 'object' && target !== null && (target as JsonObject)['path'] === 'pointer';
  });
}

function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

interface Place {
  /** Numbers that stand there. */
  readonly width: number;
  readonly isRotation: boolean;
  write(value: readonly number[]): void;
}

/** Numbers that each of the properties has which a file may leave out. */
const WIDTHS: Readonly<Record<string, number>> = {
  translation: 3,
  rotation: 4,
  scale: 3,
  offset: 2,
  baseColorFactor: 4,
  emissiveFactor: 3,
  color: 3,
  attenuationColor: 3,
  sheenColorFactor: 3,
  specularColorFactor: 3,
  diffuseTransmissionColorFactor: 3,
};

/** `scale` and `rotation` of a texture's transform are not those of a node. */
function widthOf(steps: readonly string[], there: unknown): number {
  if (Array.isArray(there)) return there.length;
  const last = steps.at(-1) ?? '';
  if (steps.includes('KHR_texture_transform') && last !== 'offset') return last === 'scale' ? 2 : 1;
  return WIDTHS[last] ?? 1;
}

/** Undefined where the pointer leads nowhere; the last objects of an extension may have been left out. */
function placeOf(root: JsonObject, steps: readonly string[]): Place | undefined {
  const last = steps.at(-1);
  if (last === undefined || steps.some((step) => FORBIDDEN.has(step))) return undefined;
  let owner: unknown = root;
  for (const [depth, step] of steps.slice(0, -1).entries()) {
    if (typeof owner !== 'object' || owner === null) return undefined;
    const object = owner as Record<string, unknown>;
    // Of /materials/0/extensions/... what is missing has its defaults; a missing material is missing.
    if (object[step] === undefined && depth >= 2 && !Array.isArray(owner)) object[step] = {};
    owner = object[step];
  }
  if (typeof owner !== 'object' || owner === null || (Array.isArray(owner) && !(last in owner)))
    return undefined;
  const object = owner as Record<string, unknown>;
  const width = widthOf(steps, object[last]);
  return {
    width,
    isRotation: last === 'rotation' && width === 4,
    write(value) {
      const isBoolean = last === 'visible' || typeof object[last] === 'boolean';
      const [first = 0] = value;
      object[last] = isBoolean
        ? first !== 0
        : width === 1 && !Array.isArray(object[last])
          ? first
          : [...value];
    },
  };
}

function momentOf(
  json: CheckedJson,
  root: JsonObject,
  accessors: Accessors,
  animation: number,
  sampler: unknown,
  width: number,
  isRotation: boolean,
  time: number,
): readonly number[] {
  const { animations } = root;
  const def = json.object(json.list(animations, 'animations')[animation], `animations[${animation}]`);
  const samplers = json.list(def['samplers'], `animations[${animation}].samplers`);
  const index = json.index(sampler, samplers.length, `animations[${animation}].channels.sampler`);
  const part = `animations[${animation}].samplers[${index}]`;
  const { input, output, interpolation = 'LINEAR' } = json.object(samplers[index], part);
  const values = accessors.numbersOf(
    accessors.use(output, ['SCALAR', 'VEC2', 'VEC3', 'VEC4'], `${part}.output`),
  );
  // Whole numbers for true and false are no fractions.
  const decode = values.normalized ? decoderOf(values.array) : undefined;
  const plain = decode
    ? { ...values, array: Float32Array.from(values.array, decode), normalized: false }
    : values;
  return checkedValue(
    {
      times: accessors.numbersOf(accessors.use(input, ['SCALAR'], `${part}.input`)),
      values: plain,
      interpolation: json.oneOf(interpolation, INTERPOLATIONS, `${part}.interpolation`),
      ...{ width, isRotation },
    },
    time,
    `${part}.output`,
  );
}
