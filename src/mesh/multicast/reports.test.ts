import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import type { LinkId } from '../vocabulary.ts';
import type { Context } from './context.ts';
import { Flow } from './flow.ts';
import { Neighbour } from './neighbour.ts';
import { Source } from './source.ts';
import { Spread } from './spread.ts';

const LARGE_BYTES = 200 * 1024;
const near = new Neighbour('near' as NodeId, 1 as LinkId, 0);

let source: Source;
let flow: Flow;
let spread: Spread;
let reports: number[];

/** A frame of so many bytes, taken at once: from that neighbour, or from somewhere else. */
function grow(bytes: number, from?: Neighbour): void {
  const sequence = source.log.next;
  if (from) source.cameFrom(source.progress(from.id), sequence);
  source.log.append(new Uint8Array(bytes), 0);
  source.delivered = source.log.next;
  flow.update(source, 0);
}

beforeEach(() => {
  source = new Source('source' as NodeId, 1, new Uint8Array(32), true);
  const context = {
    options: { own: { id: 'own' as NodeId }, laneBytes: () => 0 },
    neighbours: new Map([[near.id, near]]),
    wakeBy: () => {},
    emit: () => {},
  } as unknown as Context;
  flow = new Flow(context);
  spread = new Spread(context, flow);
  reports = [];
  flow.sendReport = (_to, _source, taken) => reports.push(taken);
});

describe('what was taken of a source', () => {
  it('is told to who pushes it, with every so many bytes and not with each frame', () => {
    for (let i = 0; i < 1000; i++) grow(1000, near);
    expect(reports.length).toBeGreaterThan(5);
    expect(reports.length).toBeLessThan(10);
  });

  it('is told to who begins to push it when nobody did', () => {
    grow(LARGE_BYTES);
    grow(LARGE_BYTES, near);
    expect(reports).toEqual([2]);
  });

  it('is told to who pushes it again, and not while it is only told of it', () => {
    grow(LARGE_BYTES, near);
    spread.setLazy(near, source, 0);
    grow(LARGE_BYTES);
    grow(LARGE_BYTES);
    expect(reports).toEqual([1]);
    spread.setEager(near, source, 0);
    grow(LARGE_BYTES, near);
    expect(reports).toEqual([1, 4]);
  });
});
