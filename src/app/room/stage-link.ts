/** What a line of the chat can carry to somebody else's stage: a render, or where the camera was. */
import type { FlatCamera } from '../../render/scene/index.ts';
import { demand, isRecord, numberOf, textOf } from './refusals.ts';

/** A place of three numbers, metres; or a direction. */
export type Triple = readonly [number, number, number];

/** A FlatCamera that a room takes. */
export type SharedCamera = {
  readonly name: string;
  readonly position: Triple;
  readonly right: Triple;
  readonly up: Triple;
  readonly back: Triple;
  readonly projection:
    | { readonly kind: 'perspective'; readonly yfov: number }
    | { readonly kind: 'orthographic'; readonly ymag: number };
};

/** `scene`: its title, by which another device knows its own copy. */
export type Moment = { readonly kind: 'moment'; readonly scene: string; readonly camera: SharedCamera };

export type StageLink = Moment | { readonly kind: 'render'; readonly job: string; readonly title: string };

export const MAX_TITLE = 300;

/** @throws UpdateRefusedError */
export function stageLinkOf(value: unknown): StageLink {
  demand(isRecord(value), 'the link is none');
  if (value['kind'] === 'render') {
    return {
      kind: 'render',
      job: textOf(value['job'], MAX_TITLE),
      title: textOf(value['title'], MAX_TITLE),
    };
  }
  return momentOf(value);
}

/** @throws UpdateRefusedError */
export function momentOf(value: unknown): Moment {
  demand(isRecord(value) && value['kind'] === 'moment', 'it is no moment of a camera');
  return {
    kind: 'moment',
    scene: textOf(value['scene'], MAX_TITLE),
    camera: cameraOf(value['camera']),
  };
}

/** @throws UpdateRefusedError */
export function tripleOf(value: unknown): Triple {
  demand(Array.isArray(value) && value.length === 3, 'it is no place');
  const [x, y, z] = value as readonly unknown[];
  return [numberOf(x), numberOf(y), numberOf(z)];
}

function cameraOf(value: unknown): SharedCamera {
  demand(isRecord(value) && isRecord(value['projection']), 'it is no camera');
  const { kind, yfov, ymag } = value['projection'];
  return {
    name: textOf(value['name'], MAX_TITLE),
    position: tripleOf(value['position']),
    right: tripleOf(value['right']),
    up: tripleOf(value['up']),
    back: tripleOf(value['back']),
    projection:
      kind === 'orthographic'
        ? { kind, ymag: positiveOf(ymag) }
        : { kind: 'perspective', yfov: positiveOf(yfov) },
  };
}

function positiveOf(value: unknown): number {
  const number = numberOf(value);
  demand(number > 0, 'it is above zero');
  return number;
}

/** As rooms take it: a scene's camera without a name has one there. */
export function sharedCamera(camera: FlatCamera): SharedCamera {
  const { name, position, right, up, back, projection } = camera;
  return { name: name.slice(0, MAX_TITLE).trim() || 'Camera', position, right, up, back, projection };
}
