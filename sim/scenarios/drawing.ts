/** What a scenario leaves open, drawn from the seed. */
import type { StreamId } from '../../src/mesh/vocabulary.ts';
import { integerBelow, uniform } from '../../src/runtime/index.ts';
import { BULK_STREAM_BIT } from '../../src/wire/index.ts';
import type { SimulatedNode } from '../engine/simulated-node.ts';
import type { Simulation } from '../engine/simulation.ts';
import type { Span, Who } from './scenario.ts';

/** Numbers below are for the mesh's own use, perhaps. */
const FIRST_STREAM = 16;

/** The stream with this number of `count`: the last of several is a bulk one. */
export function streamNumber(index: number, count: number): StreamId {
  const isBulk = count > 1 && index === count - 1;
  return ((isBulk ? BULK_STREAM_BIT : 0) + FIRST_STREAM + index) as StreamId;
}

export function drawSpan(span: Span, { random }: Simulation): number {
  return typeof span === 'number' ? span : span[0] + uniform(random) * (span[1] - span[0]);
}

export function whoIs(who: Who, simulation: Simulation): SimulatedNode[] {
  const { honest } = simulation;
  if (who === 'all') return honest;
  if (typeof who === 'number') {
    const one = honest.at(who);
    return one === undefined ? [] : [one];
  }
  if ('first' in who) return honest.slice(0, who.first);
  const count = 'count' in who ? who.count : Math.round(who.share * honest.length);
  return sample(honest, Math.min(count, honest.length), simulation);
}

/** In their order. */
function sample<T>(from: readonly T[], count: number, { random }: Simulation): T[] {
  const left = from.map((_, at) => at);
  const chosen: number[] = [];
  while (chosen.length < count) {
    const at = integerBelow(random, left.length);
    chosen.push(...left.splice(at, 1));
  }
  chosen.sort((a, b) => a - b);
  return chosen.flatMap((at) => from.slice(at, at + 1));
}
