/**
 * What lines and pins take of a room, so that no part of it can fill it: a full room takes nothing from anybody. In characters, each at most
 * three bytes; what has a fixed size is counted with its line.
 */
import type { PinPlace } from './pin-place.ts';
import type { Moment, StageLink } from './stage-link.ts';

/** Of a line of the chat or a thread. */
interface Weighed {
  readonly text: string;
  readonly name: string;
  readonly link: StageLink | null;
}

interface WeighedPin {
  readonly name: string;
  readonly place: PinPlace;
  readonly thread: readonly Weighed[];
  readonly resolvedBy: string | null;
}

/** A third of the bytes of ids, times and the names of fields, rounded up. */
const LINE = 100;
/** The same of the numbers and names of fields of a camera or a pixel. */
const PLACE = 150;

export function weightOfLine({ text, name, link }: Weighed): number {
  return LINE + text.length + name.length + (link ? weightOfLink(link) : 0);
}

export function weightOfPin({ name, place, thread, resolvedBy }: WeighedPin): number {
  const lines = thread.reduce((sum, line) => sum + weightOfLine(line), 0);
  return LINE + name.length + (resolvedBy?.length ?? 0) + weightOfPlace(place) + lines;
}

function weightOfPlace(place: PinPlace): number {
  return place.kind === 'picture'
    ? PLACE + place.job.length + place.title.length
    : PLACE + weightOfMoment(place.seen);
}

function weightOfLink(link: StageLink): number {
  return link.kind === 'render' ? PLACE + link.job.length + link.title.length : weightOfMoment(link);
}

function weightOfMoment({ scene, camera }: Moment): number {
  return PLACE + scene.length + camera.name.length;
}
